package org.distbelief.ingest.select;

import java.util.List;
import org.distbelief.ingest.SplitPolicy;
import org.distbelief.ingest.raw.BadInputException;
import org.distbelief.ingest.raw.BadReason;

/** Says to which split a file belongs, from its path alone. */
public final class SplitChooser {
    private final SplitPolicy policy;
    private final SeededHash hash;

    /** Under a seed, which matters for shares only. */
    public SplitChooser(SplitPolicy policy, long seed) {
        this.policy = policy;
        this.hash = new SeededHash(seed, "split");
    }

    /**
     * The index of the split.
     *
     * @throws BadInputException if folders decide and the file lies in none of them
     */
    public int choose(String path) throws BadInputException {
        if (policy.fractions().isEmpty()) {
            return byFolder(path);
        }
        double position = hash.fraction(path);
        double sum = 0;
        int last = policy.names().size() - 1;
        for (int i = 0; i < last; i++) {
            sum += policy.fractions().get(i);
            if (position < sum) {
                return i;
            }
        }
        return last;
    }

    private int byFolder(String path) throws BadInputException {
        List<String> parts = List.of(path.split("/", -1));
        for (String folder : parts.subList(0, parts.size() - 1)) {
            int index = policy.names().indexOf(folder);
            if (index >= 0) {
                return index;
            }
        }
        throw new BadInputException(
                BadReason.NO_SPLIT, "expected a folder named one of " + policy.names() + " in its path");
    }
}
