package org.distbelief.tests.cluster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobSnapshot.EvaluationRow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real recordings: the Free Spoken Digit Dataset, where it is at hand. */
@ExtendWith(ClusterExtension.class)
@Timeout(600)
class SpokenDigitsIT {
    private static final Path RECORDINGS = Path.of("../../shared/data/spoken-digits.tar.gz");
    private static final String DATA = "datasets/spoken-digits";

    private final Commands commands;

    SpokenDigitsIT(Commands commands) {
        this.commands = commands;
    }

    @BeforeEach
    void ingest() throws Exception {
        assumeTrue(
                Files.exists(RECORDINGS),
                () -> "skipped: the recordings are not at "
                        + RECORDINGS.toAbsolutePath().normalize());
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
                "../conf/jobs/spoken-digits.yaml",
                "--set",
                "output=models/spoken-digits-" + replicas,
                "--set",
                "replicas.count=" + replicas);

        JobSnapshot end = commands.history(result.application());
        EvaluationRow score = requireNonNull(end.evaluation());
        System.out.printf(
                "spoken digits, %d replicas: frame accuracy %.4f, utterance accuracy %.4f, loss %.4f%n",
                replicas, score.accuracy(), score.groupAccuracy(), score.loss());
        assertThat(score.examples()).isEqualTo(12_326);
        assertThat(score.groups()).isEqualTo(300);
        assertThat(score.accuracy()).isGreaterThanOrEqualTo(frameAccuracy);
        assertThat(score.groupAccuracy()).isGreaterThanOrEqualTo(0.98);
    }
}
