package org.distbelief.tests.cluster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobSnapshot.ReplicaRow;
import org.distbelief.appmaster.status.JobSnapshot.ShardRow;
import org.distbelief.appmaster.status.JobState;
import org.distbelief.container.hdfs.TrainedModel;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.hdfs.DatasetReader;
import org.distbelief.paramserver.hdfs.VectorFiles;
import org.distbelief.paramserver.storage.AppliedPushes;
import org.distbelief.paramserver.storage.SavedFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The main road on a mini cluster: generate, ingest, train, evaluate, while containers are killed. */
@ExtendWith(ClusterExtension.class)
@Timeout(600)
class TrainingIT {
    private static final String DATA = "datasets/synthetic";
    /** A run without failures reaches about 0.63; chance is 0.06. */
    private static final double ACCURACY = 0.5;

    private final Commands commands;

    @TempDir
    Path directory;

    private SyntheticSpeech speech = new SyntheticSpeech(Path.of(""), DATA);

    TrainingIT(Commands commands) {
        this.commands = commands;
    }

    @BeforeEach
    void ingest() throws Exception {
        speech = new SyntheticSpeech(directory, DATA);
        speech.make(commands);
    }

    @Test
    void trainsAndEvaluatesWhileAReplicaIsKilled() throws Exception {
        String output = "models/lost-replica";
        JobSnapshot end;
        try (RunningJob job = new RunningJob(commands, commands.submit(speech.jobFile(), speech.output(output)))) {
            JobSnapshot before = job.until(
                    "both replicas work",
                    s -> s.replicas().stream()
                                    .filter(r -> r.steps() > 20 && r.openLeases() > 0)
                                    .count()
                            == 2);
            RunningJob.kill(requireNonNull(before.replicas().get(1).container()));
            end = job.end();
        }

        assertThat(end.state()).as(end.message()).isEqualTo(JobState.SUCCEEDED);
        assertEveryExampleCountedOncePerEpoch(end);
        assertThat(end.ledger().leasesReturned()).isPositive();
        assertThat(end.replicas().get(1).restarts()).isEqualTo(1);
        assertThat(end.replicas().get(1).incarnation()).isEqualTo(2);
        assertThat(requireNonNull(end.evaluation()).accuracy()).isGreaterThan(ACCURACY);
        assertThat(end.events())
                .anySatisfy(event -> assertThat(event.text()).contains("replica 1", "portions go back"));
        // Replica 0 was never lost: what was acknowledged to it is exactly what every shard has applied of it.
        long acknowledged = end.replicas().get(0).pushesAcknowledged();
        for (SavedFile shard : lastCheckpoint(end)) {
            assertThat(applied(shard, 0)).isEqualTo(acknowledged);
        }
        assertThat(end.shards()).extracting(ShardRow::restarts).containsOnly(0);

        Commands.Result evaluated = commands.succeed("evaluate", "--model", output, "--data", DATA);
        JobSnapshot evaluation = commands.history(evaluated.application());
        assertThat(requireNonNull(evaluation.evaluation()).accuracy())
                .isCloseTo(requireNonNull(end.evaluation()).accuracy(), org.assertj.core.data.Offset.offset(1e-9));
        assertThat(requireNonNull(evaluation.evaluation()).examples())
                .isEqualTo(manifest().split("test").examples());
        try (TrainedModel model = TrainedModel.open(commands.conf(), output + "/model")) {
            assertThat(model.description().labels()).isEqualTo(manifest().labels());
            assertThat(model.predict(new float[3][manifest().featureDimension()]))
                    .hasDimensions(3, model.classes());
        }
        assertThat(commands.run("status", evaluated.application()).output()).contains("succeeded");
        commands.succeed("logs", evaluated.application(), "--file", "log");
    }

    @Test
    void goesOnFromTheLastCheckpointWhenAShardIsKilledAndAllIsEncrypted() throws Exception {
        String output = "models/lost-shard";
        List<String> settings = new ArrayList<>(speech.output(output));
        settings.add("security.encrypt=true");
        JobSnapshot end;
        try (RunningJob job = new RunningJob(commands, commands.submit(speech.jobFile(), settings))) {
            JobSnapshot before = job.until(
                    "a checkpoint and work after it", s -> s.checkpoint() != null && s.state() == JobState.TRAINING);
            RunningJob.kill(requireNonNull(before.shards().get(0).container()));
            end = job.end();
        }

        assertThat(end.state()).as(end.message()).isEqualTo(JobState.SUCCEEDED);
        assertEveryExampleCountedOncePerEpoch(end);
        assertThat(requireNonNull(end.evaluation()).accuracy()).isGreaterThan(ACCURACY);
        assertThat(end.shards()).extracting(ShardRow::restarts).containsExactly(1, 0);
        assertThat(end.shards()).extracting(ShardRow::generation).containsExactly(2L, 1L);
        assertThat(end.replicas()).extracting(ReplicaRow::restarts).containsOnly(0);
        assertThat(end.events())
                .anySatisfy(event -> assertThat(event.text()).contains("shard 0", "it returns from checkpoint-"));
        List<SavedFile> shards = lastCheckpoint(end);
        for (int replica = 0; replica < 2; replica++) {
            long acknowledged = end.replicas().get(replica).pushesAcknowledged();
            assertThat(applied(shards.get(1), replica)).isEqualTo(acknowledged);
            assertThat(applied(shards.get(0), replica))
                    .as("the restored shard has lost what came after the checkpoint, and doubled nothing")
                    .isPositive()
                    .isLessThanOrEqualTo(acknowledged);
        }
    }

    @Test
    void resumesWithAnotherNumberOfShardsWhereAKilledJobStopped() throws Exception {
        String output = "models/resumed";
        String first = commands.submit(speech.jobFile(), speech.output(output));
        JobSnapshot stopped;
        try (RunningJob job = new RunningJob(commands, first)) {
            stopped = job.until("a checkpoint", s -> s.checkpoint() != null && s.state() == JobState.TRAINING);
            commands.succeed("kill", first);
        }
        assertThat(commands.exists(".distbelief/staging/" + first)).isFalse();

        Commands.Result resumed = commands.succeed(
                "train", speech.jobFile(), "--resume", "--set", "output=" + output, "--set", "shards.count=3");

        JobSnapshot end = commands.history(resumed.application());
        assertThat(end.state()).isEqualTo(JobState.SUCCEEDED);
        assertEveryExampleCountedOncePerEpoch(end);
        assertThat(end.shards()).hasSize(3);
        assertThat(requireNonNull(end.evaluation()).accuracy()).isGreaterThan(ACCURACY);
        long trainedAgain =
                end.replicas().stream().mapToLong(ReplicaRow::examples).sum();
        assertThat(trainedAgain)
                .as("what the checkpoint held is not trained again")
                .isLessThanOrEqualTo(end.examplesTotal()
                        - requireNonNull(stopped.checkpoint()).examplesDone());
        commands.awaitGone(".distbelief/staging/" + resumed.application());
    }

    private void assertEveryExampleCountedOncePerEpoch(JobSnapshot end) throws Exception {
        long examples = manifest().split("train").examples();
        assertThat(end.ledger().examplesCompleted()).isEqualTo(examples * SyntheticSpeech.EPOCHS);
        assertThat(end.ledger().portionsCompleted())
                .isEqualTo((long) manifest().split("train").portions().size() * SyntheticSpeech.EPOCHS);
        assertThat(end.progress()).isEqualTo(1);
    }

    private DatasetManifest manifest() throws Exception {
        return DatasetReader.open(commands.conf(), DATA).manifest();
    }

    private List<SavedFile> lastCheckpoint(JobSnapshot end) throws Exception {
        Configuration conf = commands.conf();
        String directory = end.output() + "/checkpoints/"
                + requireNonNull(end.checkpoint()).name();
        return new VectorFiles(conf).index(directory).files();
    }

    private static long applied(SavedFile shard, int replica) {
        return shard.pushes().stream()
                .filter(p -> p.replica() == replica)
                .mapToLong(AppliedPushes::applied)
                .sum();
    }
}
