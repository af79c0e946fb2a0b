package org.distbelief.tests.cluster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobSnapshot.ReplicaRow;
import org.distbelief.appmaster.status.JobSnapshot.ShardRow;
import org.distbelief.appmaster.status.JobState;
import org.distbelief.dataset.hdfs.DatasetReader;
import org.distbelief.paramserver.hdfs.VectorFiles;
import org.distbelief.paramserver.storage.AppliedPushes;
import org.distbelief.paramserver.storage.SavedFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Shards with standbys, in real containers that are killed under load: nothing is lost, nothing counted twice. */
@ExtendWith(ClusterExtension.class)
@Timeout(600)
class ReplicationIT {
    private static final String DATA = "datasets/synthetic";
    private static final int EPOCHS = 80;
    /** A run without failures reaches about 0.63; chance is 0.06. */
    private static final double ACCURACY = 0.5;

    private final Commands commands;

    @TempDir
    Path directory;

    ReplicationIT(Commands commands) {
        this.commands = commands;
    }

    @Test
    void losesNothingWhenShardsAndStandbysAreKilled() throws Exception {
        SyntheticSpeech speech = new SyntheticSpeech(directory, DATA);
        speech.make(commands);
        List<String> settings = new ArrayList<>(speech.output("models/replicated"));
        settings.add("shards.replication=2");
        settings.add("downpour.epochs=" + EPOCHS);
        JobSnapshot end;
        try (RunningJob job = new RunningJob(commands, commands.submit(speech.jobFile(), settings))) {
            JobSnapshot begun = job.until(
                    "both standbys are in sync and both replicas work",
                    s -> allInSync(s) && s.replicas().stream().allMatch(r -> r.steps() > 20));
            String standby = requireNonNull(
                    requireNonNull(begun.shards().get(1).standby()).container());
            RunningJob.kill(requireNonNull(begun.shards().get(0).container()));
            RunningJob.kill(standby);
            JobSnapshot taken = job.until(
                    "the standby of shard 0 has taken over, and both shards have standbys again",
                    s -> s.shards().get(0).takeovers() == 1
                            && allInSync(s)
                            && !standby.equals(
                                    requireNonNull(s.shards().get(1).standby()).container()));
            assertThat(taken.shards().get(0).container())
                    .isEqualTo(requireNonNull(begun.shards().get(0).standby()).container());
            RunningJob.kill(requireNonNull(taken.shards().get(0).container()));
            RunningJob.kill(requireNonNull(taken.shards().get(1).container()));
            end = job.end();
        }

        assertThat(end.state()).as(end.message()).isEqualTo(JobState.SUCCEEDED);
        long examples = DatasetReader.open(commands.conf(), DATA)
                .manifest()
                .split("train")
                .examples();
        assertThat(end.ledger().examplesCompleted()).isEqualTo(examples * EPOCHS);
        assertThat(end.ledger().leasesReturned())
                .as("the data position never goes back")
                .isZero();
        assertThat(end.replicas()).extracting(ReplicaRow::restarts).containsOnly(0);
        assertThat(end.shards()).extracting(ShardRow::takeovers).containsExactly(2, 1);
        assertThat(requireNonNull(end.evaluation()).accuracy()).isGreaterThan(ACCURACY);
        assertThat(end.events())
                .anySatisfy(event -> assertThat(event.text()).contains("shard 0", "takes over", "no update is lost"))
                .noneSatisfy(event -> assertThat(event.text()).contains("its updates since then are lost"));
        String checkpoint = end.output() + "/checkpoints/"
                + requireNonNull(end.checkpoint()).name();
        for (SavedFile shard :
                new VectorFiles(commands.conf()).index(checkpoint).files()) {
            for (ReplicaRow replica : end.replicas()) {
                assertThat(applied(shard, replica.index()))
                        .as("updates of replica %s on shard %s", replica.index(), shard.shard())
                        .isEqualTo(replica.pushesAcknowledged());
            }
        }
    }

    private static boolean allInSync(JobSnapshot job) {
        return job.state() == JobState.TRAINING
                && job.shards().stream()
                        .allMatch(s -> s.state().equals("running")
                                && requireNonNull(s.standby()).state().equals("in sync"));
    }

    private static long applied(SavedFile shard, int replica) {
        return shard.pushes().stream()
                .filter(p -> p.replica() == replica)
                .mapToLong(AppliedPushes::applied)
                .sum();
    }
}
