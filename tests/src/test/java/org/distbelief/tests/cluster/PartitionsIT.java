package org.distbelief.tests.cluster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobSnapshot.ReplicaRow;
import org.distbelief.appmaster.status.JobState;
import org.distbelief.dataset.hdfs.DatasetReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Model replicas that are split over containers: trained, killed in part, resumed and evaluated in other numbers. */
@ExtendWith(ClusterExtension.class)
@Timeout(600)
class PartitionsIT {
    private static final String DATA = "datasets/synthetic";
    /** What replicas in one piece must reach on the same data. */
    private static final double ACCURACY = 0.5;

    private final Commands commands;

    @TempDir
    Path directory;

    private SyntheticSpeech speech = new SyntheticSpeech(Path.of(""), DATA);

    PartitionsIT(Commands commands) {
        this.commands = commands;
    }

    @BeforeEach
    void ingest() throws Exception {
        speech = new SyntheticSpeech(directory, DATA);
        speech.make(commands);
    }

    private List<String> settings(String output, int partitions, int shards) {
        List<String> settings = new ArrayList<>(speech.output(output));
        settings.addAll(List.of(
                "replicas.partitions=" + partitions,
                "replicas.memory=384m",
                "shards.count=" + shards,
                "shards.memory=256m"));
        return settings;
    }

    @Test
    void twoReplicasOfFourPartitionsTrainWhileAPartitionIsKilled() throws Exception {
        String output = "models/partitions";
        JobSnapshot end;
        try (RunningJob job = new RunningJob(commands, commands.submit(speech.jobFile(), settings(output, 4, 3)))) {
            JobSnapshot before = job.until(
                    "both replicas work",
                    s -> s.replicas().stream()
                                    .filter(r -> r.steps() > 20 && r.openLeases() > 0)
                                    .count()
                            == 2);
            assertThat(before.replicas()).allSatisfy(replica -> {
                assertThat(replica.partitions()).hasSize(4);
                assertThat(replica.placement()).contains("all on");
            });
            RunningJob.kill(
                    requireNonNull(before.replicas().get(1).partitions().get(2).container()));
            end = job.end();
        }

        assertThat(end.state()).as(end.message()).isEqualTo(JobState.SUCCEEDED);
        long examples = DatasetReader.open(commands.conf(), DATA)
                .manifest()
                .split("train")
                .examples();
        assertThat(end.ledger().examplesCompleted()).isEqualTo(examples * SyntheticSpeech.EPOCHS);
        assertThat(end.ledger().leasesReturned()).isPositive();
        assertThat(end.replicas()).extracting(ReplicaRow::restarts).containsExactly(0, 1);
        assertThat(end.replicas()).extracting(ReplicaRow::incarnation).containsExactly(1L, 2L);
        assertThat(requireNonNull(end.evaluation()).accuracy()).isGreaterThan(ACCURACY);
        assertThat(end.events()).anySatisfy(event -> assertThat(event.text()).contains("replica 1", "partition 2"));

        // The model is whole whoever made it: scored in one piece and in three.
        for (int partitions : new int[] {1, 3}) {
            Commands.Result evaluated = commands.succeed(
                    "evaluate", "--model", output, "--data", DATA, "--set", "replicas.partitions=" + partitions);
            JobSnapshot evaluation = commands.history(evaluated.application());
            assertThat(requireNonNull(evaluation.evaluation()).accuracy())
                    .isCloseTo(requireNonNull(end.evaluation()).accuracy(), within(1e-3));
        }
    }

    @Test
    void resumesWithAnotherNumberOfPartitions() throws Exception {
        String output = "models/partitions-resumed";
        String first = commands.submit(speech.jobFile(), settings(output, 3, 2));
        try (RunningJob job = new RunningJob(commands, first)) {
            job.until("a checkpoint", s -> s.checkpoint() != null && s.state() == JobState.TRAINING);
            commands.succeed("kill", first);
        }

        Commands.Result resumed = commands.succeed(
                "train",
                speech.jobFile(),
                "--resume",
                "--set",
                "output=" + output,
                "--set",
                "replicas.partitions=2",
                "--set",
                "replicas.count=1",
                "--set",
                "shards.count=3");

        JobSnapshot end = commands.history(resumed.application());
        assertThat(end.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(end.progress()).isEqualTo(1);
        assertThat(requireNonNull(end.evaluation()).accuracy()).isGreaterThan(ACCURACY);
    }
}
