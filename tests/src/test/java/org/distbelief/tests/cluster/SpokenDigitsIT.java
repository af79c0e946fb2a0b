package org.distbelief.tests.cluster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobSnapshot.EvaluationRow;
import org.distbelief.appmaster.status.JobSnapshot.ReplicaRow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real recordings: the Free Spoken Digit Dataset, where it is at hand. */
@ExtendWith(ClusterExtension.class)
@Timeout(600)
class SpokenDigitsIT {
    private static final Path RECORDINGS = Path.of("../../shared/data/spoken-digits.tar.gz");
    static final String JOB = "../conf/jobs/spoken-digits.yaml";
    private static final String DATA = "datasets/spoken-digits";

    private final Commands commands;

    SpokenDigitsIT(Commands commands) {
        this.commands = commands;
    }

    @BeforeEach
    void ingest() throws Exception {
        assumeTrue(
                recordingsAreThere(),
                () -> "skipped: the recordings are not at "
                        + RECORDINGS.toAbsolutePath().normalize());
        ingest(commands);
    }

    static boolean recordingsAreThere() {
        return Files.exists(RECORDINGS);
    }

    static void ingest(Commands commands) throws Exception {
        if (!commands.exists(DATA)) {
            commands.succeed(
                    "ingest",
                    "--input",
                    RECORDINGS.toAbsolutePath().normalize().toUri().toString(),
                    "--output",
                    DATA,
                    "--sample-rate",
                    "8000",
                    "--label-pattern",
                    "^(?<label>[0-9])_",
                    "--states-per-label",
                    "8",
                    "--splits-by-folder",
                    "train,test");
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0.56", "4, 0.54"})
    void reachesTheAccuracyOfOneProcess(int replicas, double frameAccuracy) throws Exception {
        Commands.Result result = commands.succeed(
                "train",
                JOB,
                "--set",
                "output=models/spoken-digits-" + replicas,
                "--set",
                "replicas.count=" + replicas);

        check(commands.history(result.application()), replicas + " replicas", frameAccuracy);
    }

    /** The same number of examples; in step, an update is the mean of three or four mini-batches. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bounded | {bounded: {steps: 2}} | 0.02 | 10000",
                "synchronous | {synchronous: {backups: 1}} | 0.04 | 2500",
            })
    void reachesItWhereReplicasMustNotRunFarApart(String name, String consistency, double learningRate, int scheduled)
            throws Exception {
        Commands.Result result = commands.succeed(
                "train",
                JOB,
                "--set",
                "output=models/spoken-digits-" + name,
                "--set",
                "replicas.count=4",
                "--set",
                "downpour.consistency=" + consistency,
                "--set",
                "downpour.update={adagrad: {learningRate: " + learningRate + "}}",
                "--set",
                "downpour.schedule={polynomial: {steps: " + scheduled + ", end: 0.2}}");

        JobSnapshot end = commands.history(result.application());
        check(end, "4 replicas, " + name, 0.54);
        assertThat(end.shards()).allSatisfy(shard -> {
            if (name.equals("bounded")) {
                assertThat(shard.version()).isEqualTo(shard.pushes());
                assertThat(shard.dropped()).isZero();
            } else {
                assertThat(shard.version()).isLessThan(shard.pushes() * 2 / 5);
                assertThat(shard.dropped()).isBetween(1L, shard.pushes() / 3);
            }
        });
    }

    @Test
    void splitReplicasReachItWhileAPartitionIsKilled() throws Exception {
        List<String> settings = List.of(
                "output=models/spoken-digits-split",
                "replicas.count=2",
                "replicas.partitions=4",
                "replicas.memory=512m",
                "shards.count=3");
        JobSnapshot end;
        try (RunningJob job = new RunningJob(commands, commands.submit(JOB, settings))) {
            JobSnapshot before = job.until(
                    "both replicas work",
                    s -> s.replicas().stream().filter(r -> r.steps() > 20).count() == 2);
            RunningJob.kill(
                    requireNonNull(before.replicas().get(1).partitions().get(3).container()));
            end = job.end();
        }

        assertThat(end.replicas()).extracting(ReplicaRow::restarts).containsExactly(0, 1);
        check(end, "2 replicas of 4 partitions, one killed", 0.54);
    }

    private static void check(JobSnapshot end, String what, double frameAccuracy) {
        EvaluationRow score = requireNonNull(end.evaluation());
        System.out.printf(
                "spoken digits, %s: frame accuracy %.4f, utterance accuracy %.4f, loss %.4f%n",
                what, score.accuracy(), score.groupAccuracy(), score.loss());
        assertThat(score.examples()).isEqualTo(12_326);
        assertThat(score.groups()).isEqualTo(300);
        assertThat(score.accuracy()).isGreaterThanOrEqualTo(frameAccuracy);
        assertThat(score.groupAccuracy()).isGreaterThanOrEqualTo(0.98);
    }
}
