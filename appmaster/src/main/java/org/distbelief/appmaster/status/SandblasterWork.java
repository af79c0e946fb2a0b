package org.distbelief.appmaster.status;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What Sandblaster L-BFGS does, for a job's page and history.
 *
 * @param iteration iterations done
 * @param iterations how many there are to be at most
 * @param loss at the point that it has come to, over the batch, with all penalties; null before the first evaluation
 * @param gradientNorm length of the gradient there; likewise
 * @param examples examples whose loss and gradient were computed, in all
 * @param leader number of the coordinator that leads; null while none does
 * @param term its term
 * @param leaders how often a coordinator has begun to lead
 * @param ended why there are no more iterations; null while there are
 * @param batch what the leader told of its work last; null before its first word
 * @param series iterations so far, oldest first, thinned out where there are many
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record SandblasterWork(
        long iteration,
        int iterations,
        @Nullable Double loss,
        @Nullable Double gradientNorm,
        long examples,
        @Nullable Integer leader,
        long term,
        int leaders,
        @Nullable String ended,
        @Nullable BatchWork batch,
        List<IterationPoint> series) {
    /** Iterations by which the time left is estimated. */
    private static final int PACE = 10;

    /** Copies the list. */
    public SandblasterWork {
        series = List.copyOf(series);
    }

    /** Share of the iterations that are done, 0 to 1; 1 where there will be no more. */
    public double share() {
        return ended != null ? 1 : Math.min(1, (double) iteration / Math.max(1, iterations));
    }

    /** The last iteration that is told of; empty before the first evaluation. */
    public Optional<IterationPoint> last() {
        return series.isEmpty() ? Optional.empty() : Optional.of(series.get(series.size() - 1));
    }

    /**
     * Seconds until the last iteration, if they go on as the last ones went; empty while too few are done, and where
     * there will be no more.
     */
    public OptionalLong secondsLeft() {
        if (ended != null || series.size() < 2) {
            return OptionalLong.empty();
        }
        IterationPoint from = series.get(Math.max(0, series.size() - 1 - PACE));
        IterationPoint to = series.get(series.size() - 1);
        double seconds = (to.atMillis() - from.atMillis()) / 1000.0 / (to.iteration() - from.iteration());
        return OptionalLong.of(Math.round(seconds * Math.max(0, iterations - iteration)));
    }

    /** Losses and gradients that an iteration has taken, in the mean; empty before the first. */
    public OptionalDouble evaluationsEach() {
        return series.stream()
                .filter(point -> point.iteration() > 0)
                .mapToInt(IterationPoint::evaluations)
                .average();
    }

    /**
     * An iteration.
     *
     * @param iteration its number; 0 is the start
     * @param atMillis when it was done, milliseconds since 1970
     * @param loss after it
     * @param gradientNorm length of the gradient after it
     * @param step how far it went, as a multiple of its direction
     * @param evaluations losses and gradients that its line search took
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record IterationPoint(
            long iteration, long atMillis, double loss, double gradientNorm, double step, int evaluations) {}

    /**
     * The batch under way, and what the leader has counted since its term began.
     *
     * @param portions portions of the batch
     * @param portionsDone those that count already
     * @param examplesPerSecond of the last batch that was completed
     * @param evaluations batches completed
     * @param backupsStarted backup copies of portions that were given out
     * @param backupsWon those that came first
     * @param dropped results that came after another copy's
     * @param redone portions that were given out again, since their replica was lost or its results were void
     * @param bytesToShards that the coordinator has sent to all shards
     * @param bytesFromShards that it has got from them
     * @param replicas portions that count, for each replica, by number
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record BatchWork(
            int portions,
            int portionsDone,
            double examplesPerSecond,
            long evaluations,
            long backupsStarted,
            long backupsWon,
            long dropped,
            long redone,
            long bytesToShards,
            long bytesFromShards,
            List<ReplicaPortions> replicas) {
        /** Copies the list. */
        public BatchWork {
            replicas = List.copyOf(replicas);
        }

        /** Portions of a replica that count. */
        public long portionsOf(int replica) {
            return replicas.stream()
                    .filter(share -> share.replica() == replica)
                    .mapToLong(ReplicaPortions::portions)
                    .sum();
        }

        /** Bytes of an evaluation, of all since the term began, to the shards and from them. */
        public long bytesEach(long bytes) {
            return Math.round((double) bytes / Math.max(1, evaluations));
        }
    }

    /**
     * A replica's share.
     *
     * @param replica its number
     * @param portions portions of it that count
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ReplicaPortions(int replica, long portions) {}
}
