package org.distbelief.appmaster.submit;

import java.util.Locale;
import java.util.Optional;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.Optimiser;
import org.distbelief.dataset.Split;

/**
 * Whether a batch of Sandblaster has portions enough. Each replica is given one small portion of a batch after the
 * other, so that the fast ones compute more of them and nobody waits for the slowest: that needs many more portions
 * than replicas.
 */
final class PortionShares {
    private static final int FEW = 10;

    private final JobConfig job;
    private final Split split;

    /** @param split what is trained on; not empty */
    PortionShares(JobConfig job, Split split) {
        this.job = job;
        this.split = split;
    }

    /** What to tell the user; empty where there are enough, with a single replica and for other optimisers. */
    Optional<String> note() {
        int replicas = job.replicas().count();
        long portions = portionsOfABatch();
        if (job.optimiser() != Optimiser.SANDBLASTER || replicas == 1 || portions >= (long) FEW * replicas) {
            return Optional.empty();
        }
        long fitting = Math.max(1, examplesOfABatch() / ((long) FEW * replicas));
        return Optional.of(String.format(
                Locale.ROOT,
                "a batch has only %d of the data's portions, of about %,d examples each, for %d replicas. Portions should be much smaller than a"
                        + " replica's share of a batch, so that a slow replica does not hold up the others; ingest"
                        + " with --portion-examples %d or less for %d portions for each",
                portions,
                split.examples() / Math.max(1, split.portions().size()),
                replicas,
                fitting,
                FEW));
    }

    private long examplesOfABatch() {
        long batch = job.sandblaster().batch();
        return batch == 0 ? split.examples() : Math.min(batch, split.examples());
    }

    /** As many as the batch's examples fill, were all of one size. */
    private long portionsOfABatch() {
        long all = split.portions().size();
        double share = (double) examplesOfABatch() / Math.max(1, split.examples());
        return Math.min(all, (long) Math.ceil(share * all));
    }
}
