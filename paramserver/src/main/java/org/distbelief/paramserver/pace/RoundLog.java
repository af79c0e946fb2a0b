package org.distbelief.paramserver.pace;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.distbelief.paramserver.RangeSet;

/**
 * Keeps a {@link RoundState} up to date from what has happened to the gradients of a round, so that whoever takes a
 * shard over knows what its sum holds. For any number of threads.
 */
public final class RoundLog {
    private final Map<RangeSet, Unit> units = new LinkedHashMap<>();
    private long round = Turn.UNKNOWN;

    private static final class Unit {
        private final BitSet givers = new BitSet();
        private boolean closed;
    }

    /**
     * A replica's gradient has been added to the sum.
     *
     * @param now the present round
     */
    public synchronized void gathered(RangeSet ranges, int replica, long now) {
        round = now;
        units.computeIfAbsent(ranges, r -> new Unit()).givers.set(replica);
    }

    /** The mean of what was gathered has been applied. */
    public synchronized void closed(RangeSet ranges) {
        units.computeIfAbsent(ranges, r -> new Unit()).closed = true;
    }

    /** The round is over. */
    public synchronized void over(long next) {
        round = next;
        units.values().forEach(unit -> {
            unit.givers.clear();
            unit.closed = false;
        });
    }

    /** Where it stands now. */
    public synchronized RoundState state() {
        return new RoundState(
                round,
                units.entrySet().stream()
                        .map(e -> RoundState.Unit.of(e.getKey(), e.getValue().givers, e.getValue().closed))
                        .toList());
    }

    /** Goes on where another has come to. */
    public synchronized void restore(RoundState state) {
        round = state.round();
        units.clear();
        for (RoundState.Unit known : state.units()) {
            Unit unit = new Unit();
            known.givers().forEach(unit.givers::set);
            unit.closed = known.closed();
            units.put(known.ranges(), unit);
        }
    }
}
