package org.distbelief.container.replica;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.paramserver.Range;

/** The same units in two memories, as the longest stretches that lie in one piece in both. */
final class PairedPlaces {
    private final List<Stretch> stretches = new ArrayList<>();

    /**
     * @param from where it begins in the first memory, in units
     * @param to where it begins in the second one
     * @param units how long it is
     */
    record Stretch(int from, int to, int units) {}

    PairedPlaces(Pieces first, Pieces second) {
        int other = 0;
        long used = 0;
        for (Range range : first.places()) {
            long start = range.start();
            while (start < range.end()) {
                Range into = second.places().get(other);
                long units = Math.min(range.end() - start, into.size() - used);
                stretches.add(new Stretch((int) start, (int) (into.start() + used), (int) units));
                start += units;
                used += units;
                if (used == into.size()) {
                    other++;
                    used = 0;
                }
            }
        }
    }

    List<Stretch> stretches() {
        return stretches;
    }
}
