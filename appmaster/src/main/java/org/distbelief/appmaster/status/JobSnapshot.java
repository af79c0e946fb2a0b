package org.distbelief.appmaster.status;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A job at one moment. Immutable; the JSON form of this record is what {@code /api/job} serves and what the history
 * keeps.
 *
 * @param application YARN application id
 * @param name the job's name
 * @param user who submitted it
 * @param kind {@code train} or {@code evaluate}
 * @param state where it stands
 * @param message what it does or waits for now, or why it ended; never empty
 * @param startedMillis when the ApplicationMaster started, milliseconds since 1970
 * @param nowMillis when this snapshot was taken
 * @param progress share of all the work that is done, 0 to 1
 * @param epoch the epoch being trained, from 1; 0 with Sandblaster, which has none
 * @param epochs epochs in all; likewise
 * @param examplesDone examples trained on, of {@code examplesTotal}; likewise
 * @param examplesTotal examples of all epochs together; likewise
 * @param examplesPerSecond rate over the last seconds
 * @param loss mean training loss over the last seconds, with Sandblaster that of its point; null before there is one
 * @param secondsLeft estimate; null while there is none
 * @param output directory of the job's model, checkpoints and history
 * @param model directory of the trained model; null until it is written
 * @param checkpoint the last committed checkpoint; null before the first
 * @param ledger exact counts of the data; with Sandblaster of the held-out data alone
 * @param shards one row per parameter shard, by index
 * @param replicas one row per model replica, by index
 * @param evaluation result on held-out data; null before it exists
 * @param series loss and rate against time, oldest first
 * @param events what happened, oldest first
 * @param failure the last container that failed; null if none did
 * @param sandblaster what Sandblaster does; null where another optimiser trains
 * @param coordinators one row per coordinator of Sandblaster, by index
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record JobSnapshot(
        String application,
        String name,
        String user,
        String kind,
        JobState state,
        String message,
        long startedMillis,
        long nowMillis,
        double progress,
        int epoch,
        int epochs,
        long examplesDone,
        long examplesTotal,
        double examplesPerSecond,
        @Nullable Double loss,
        @Nullable Long secondsLeft,
        String output,
        @Nullable String model,
        @Nullable CheckpointRow checkpoint,
        LedgerRow ledger,
        List<ShardRow> shards,
        List<ReplicaRow> replicas,
        @Nullable EvaluationRow evaluation,
        List<Point> series,
        List<Event> events,
        @Nullable Failure failure,
        @Nullable SandblasterWork sandblaster,
        List<CoordinatorRow> coordinators) {
    /** Histories of earlier versions have no coordinators. */
    public JobSnapshot {
        coordinators = Objects.requireNonNullElse(coordinators, List.of());
    }

    /**
     * The same job, ended.
     *
     * @param how one of the ended states
     * @param why for people
     */
    public JobSnapshot ended(JobState how, String why) {
        return new JobSnapshot(
                application,
                name,
                user,
                kind,
                how,
                why,
                startedMillis,
                nowMillis,
                progress,
                epoch,
                epochs,
                examplesDone,
                examplesTotal,
                0,
                loss,
                null,
                output,
                model,
                checkpoint,
                ledger,
                shards,
                replicas,
                evaluation,
                series,
                events,
                failure,
                sandblaster,
                coordinators);
    }

    /**
     * A committed checkpoint.
     *
     * @param name directory name below the job's {@code checkpoints}
     * @param atMillis when it was committed
     * @param examplesDone examples of completed portions at its position
     * @param bytes size on HDFS
     */
    public record CheckpointRow(String name, long atMillis, long examplesDone, long bytes) {}

    /**
     * Exact counts kept by the portion ledger.
     *
     * @param portions portions of one epoch
     * @param portionsCompleted portions completed, over all epochs
     * @param examplesCompleted their examples; each epoch counts every example once
     * @param leasesOpen portions leased now
     * @param leasesReturned leases that came back from lost replicas and were given out again
     */
    public record LedgerRow(
            int portions, long portionsCompleted, long examplesCompleted, int leasesOpen, long leasesReturned) {}

    /**
     * A parameter shard. Figures are those of the process that serves it.
     *
     * @param index from 0
     * @param state {@code waiting}, {@code starting}, {@code running}, {@code taking over} or {@code stopped}
     * @param container container id; null while it has none
     * @param host node it runs on; null while it has none
     * @param log address of the container's log; null while it has none
     * @param generation start number of the process that serves: how many of this shard's were started
     * @param parameters parameters held
     * @param version updates applied
     * @param pushes pushes applied in this job, counted exactly once each; every partition of a replica pushes its own
     * @param duplicates pushes recognised as retries and not applied again
     * @param dropped pushes that came too late to count, where the replicas go in step; they are among those applied
     * @param fetches fetches served
     * @param bytesIn bytes of pushes received
     * @param bytesOut bytes of fetches sent
     * @param meanStaleness mean number of updates applied between a push's fetch and the push
     * @param maxStaleness the largest
     * @param memoryBytes memory of its vectors
     * @param restarts how often it was restarted after a loss
     * @param work how busy it is; null while nothing is known of it, and in histories from before this was told
     * @param takeovers how often its standby has taken over, and nothing was lost
     * @param standby the process that follows it; null where there is none by the job file
     */
    public record ShardRow(
            int index,
            String state,
            @Nullable String container,
            @Nullable String host,
            @Nullable String log,
            long generation,
            long parameters,
            long version,
            long pushes,
            long duplicates,
            long dropped,
            long fetches,
            long bytesIn,
            long bytesOut,
            double meanStaleness,
            long maxStaleness,
            long memoryBytes,
            int restarts,
            @Nullable ShardWork work,
            int takeovers,
            @Nullable StandbyRow standby) {}

    /**
     * The process that follows a shard, to take over from it.
     *
     * @param state {@code waiting} (for a container), {@code starting}, {@code filling}, {@code in sync} (it can take
     *     over), or {@code former}: it served the shard before, and is to be replaced
     * @param filled share of the shard that it holds, 0 to 1
     * @param container container id; null while it has none
     * @param host node it runs on; null while it has none
     * @param log address of the container's log; null while it has none
     * @param generation start number of its process; 0 while it has no container
     * @param sameNode whether the shard itself runs on the same node
     */
    public record StandbyRow(
            String state,
            double filled,
            @Nullable String container,
            @Nullable String host,
            @Nullable String log,
            long generation,
            boolean sameNode) {
        /** A standby that waits for a container. */
        public static final String WAITING = "waiting";
        /** Its container was started, and the shard does not know it yet. */
        public static final String STARTING = "starting";
        /** It holds a part of the shard. */
        public static final String FILLING = "filling";
        /** It can take over. */
        public static final String IN_SYNC = "in sync";
        /** It has lost its place to the one that serves now. */
        public static final String FORMER = "former";
    }

    /**
     * A model replica.
     *
     * @param index from 0
     * @param state {@code waiting}, {@code starting}, {@code running} or {@code stopped}; it waits or starts as long as
     *     any of its partitions does, and runs when all do
     * @param container container id of its partition 0; null while it has none
     * @param host node that partition 0 runs on; null while it has none
     * @param log address of the log of partition 0; null while it has none
     * @param partitions its containers, by partition; a single one where it is not split
     * @param placement how they lie to each other, such as {@code all on node1} or {@code on 2 nodes of rack /r1};
     *     empty where it is not split or a container is missing
     * @param incarnation how often this replica was started
     * @param steps mini-batches computed by all its incarnations
     * @param examples examples drawn by all its incarnations
     * @param pushesAcknowledged pushes acknowledged by all shards, all incarnations; what all partitions push of one
     *     gradient counts as one
     * @param examplesPerSecond rate over the last seconds
     * @param loss mean loss over the last seconds; null before the first step
     * @param computeShare share of its time spent computing, 0 to 1
     * @param waitShare share of its time spent waiting for fetches, pushes or data, 0 to 1
     * @param openLeases portions it works on
     * @param restarts how often it was restarted after a loss
     */
    public record ReplicaRow(
            int index,
            String state,
            @Nullable String container,
            @Nullable String host,
            @Nullable String log,
            List<PartitionRow> partitions,
            String placement,
            long incarnation,
            long steps,
            long examples,
            long pushesAcknowledged,
            double examplesPerSecond,
            @Nullable Double loss,
            double computeShare,
            double waitShare,
            int openLeases,
            int restarts) {
        /** Histories of jobs from before replicas could be split tell neither partitions nor placement. */
        public ReplicaRow {
            partitions = Objects.requireNonNullElse(partitions, List.of());
            placement = Objects.requireNonNullElse(placement, "");
        }

        /** Whether it runs in more than one container. */
        public boolean split() {
            return partitions.size() > 1;
        }
    }

    /**
     * A container of a model replica.
     *
     * @param index from 0; partition 0 leads
     * @param state {@code waiting}, {@code starting}, {@code running} or {@code stopped}
     * @param container container id; null while it has none
     * @param host node it runs on; null while it has none
     * @param rack the node's rack; null while it has no container, or where the cluster doesn't know its racks
     * @param log address of the container's log; null while it has none
     */
    public record PartitionRow(
            int index,
            String state,
            @Nullable String container,
            @Nullable String host,
            @Nullable String rack,
            @Nullable String log) {}

    /**
     * The score on held-out data.
     *
     * @param split the split's name
     * @param examples examples scored, each once
     * @param loss mean loss
     * @param accuracy share of examples whose most probable class is the right one
     * @param groups utterances with a single label that were scored as a whole; 0 for images
     * @param groupAccuracy share of them whose most probable label is the right one
     */
    public record EvaluationRow(
            String split, long examples, double loss, double accuracy, long groups, double groupAccuracy) {}

    /**
     * A moment of the training.
     *
     * @param seconds since the job started
     * @param examples examples done
     * @param loss mean training loss since the point before
     * @param examplesPerSecond rate since the point before
     */
    public record Point(double seconds, long examples, double loss, double examplesPerSecond) {}

    /**
     * Something that happened.
     *
     * @param atMillis when, milliseconds since 1970
     * @param text what, for people
     * @param bad whether it is a failure of something
     */
    public record Event(long atMillis, String text, boolean bad) {}

    /**
     * A container that ended with an error.
     *
     * @param role what ran in it, such as {@code replica 1} or {@code replica 1, partition 2}
     * @param container container id
     * @param host node it ran on; null if not known
     * @param exitStatus its exit status, or YARN's negative code
     * @param reason YARN's or our own words for it
     * @param lastLines the last lines of its stderr, oldest first; empty if they could not be read
     * @param log address or path of its log; null if not known
     */
    public record Failure(
            String role,
            String container,
            @Nullable String host,
            int exitStatus,
            String reason,
            List<String> lastLines,
            @Nullable String log) {}
}
