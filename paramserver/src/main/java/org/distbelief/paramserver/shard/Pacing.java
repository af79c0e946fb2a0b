package org.distbelief.paramserver.shard;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.distbelief.conf.JobConfig;
import org.distbelief.paramserver.pace.Consistency;
import org.distbelief.paramserver.pace.PaceKeeper;

/**
 * How far the replicas of a shard may run apart, and what it must know of them for that.
 *
 * @param consistency how far
 * @param replicas how many there are; they are numbered from 0
 * @param nPush steps that an update is made of
 * @param silence after which a replica that others wait for no longer counts
 * @param nanoTime monotonic time
 */
public record Pacing(Consistency consistency, int replicas, int nPush, Duration silence, LongSupplier nanoTime) {
    private static final Duration LONGEST_SLICE = Duration.ofSeconds(2);
    private static final int SLICES = 4;

    /** As far as they like; nothing is known of the replicas. */
    public static Pacing asynchronous() {
        return new Pacing(new Consistency.Asynchronous(), 0, 1, Duration.ofMinutes(1), System::nanoTime);
    }

    /**
     * As a job file says.
     *
     * @throws org.distbelief.conf.JobFileException where it asks for a consistency that there is not, or that does not
     *     go with the rest of the job
     */
    public static Pacing of(JobConfig job) {
        return new Pacing(
                Consistency.of(job),
                job.replicas().count(),
                job.downpour().nPush(),
                job.cluster().silenceTimeout(),
                System::nanoTime);
    }

    boolean gathers() {
        return consistency instanceof Consistency.Synchronous;
    }

    /** Whoever waits is heard of several times before he counts as silent. */
    private Duration slice() {
        Duration part = silence.dividedBy(SLICES);
        return part.compareTo(LONGEST_SLICE) < 0 ? part : LONGEST_SLICE;
    }

    PaceKeeper keeper(long parameters, PaceKeeper.Gathering gathering) {
        return new PaceKeeper(consistency, nPush, parameters, silence, slice(), nanoTime, gathering);
    }
}
