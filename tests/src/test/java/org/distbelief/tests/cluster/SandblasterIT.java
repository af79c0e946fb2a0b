package org.distbelief.tests.cluster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobState;
import org.distbelief.appmaster.status.SandblasterWork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Sandblaster L-BFGS in real containers that are killed, and one optimiser after the other. */
@ExtendWith(ClusterExtension.class)
@Timeout(600)
class SandblasterIT {
    private static final String SYNTHETIC = "datasets/synthetic";
    private static final int ITERATIONS = 20;
    /** Adagrad's first steps cost a trained model some of its fit; one that begins anew has a loss of 2.8. */
    private static final double LIKE_A_TRAINED_MODEL = 1;

    private static final long MOST_BYTES_PER_ITERATION_AND_SHARD = 64 << 10;

    private final Commands commands;

    @TempDir
    Path directory;

    SandblasterIT(Commands commands) {
        this.commands = commands;
    }

    @Test
    void comesToTheLossOfOneProcessThoughItsLeaderAndAReplicaAreKilled() throws Exception {
        assumeThat(SpokenDigitsIT.recordingsAreThere()).isTrue();
        SpokenDigitsIT.ingest(commands);
        List<String> settings = List.of(
                "output=models/spoken-digits-sandblaster",
                "optimiser=sandblaster",
                "sandblaster.iterations=" + ITERATIONS,
                "sandblaster.lossTolerance=0",
                "shards.count=2",
                "replicas.count=3",
                "replicas.memory=512m",
                "coordinators.memory=192m");
        JobSnapshot end;
        try (RunningJob job = new RunningJob(commands, commands.submit(SpokenDigitsIT.JOB, settings))) {
            JobSnapshot begun = job.until("iterations are done", s -> iteration(s) >= 4);
            RunningJob.kill(leader(begun));
            JobSnapshot led = job.until(
                    "another coordinator leads",
                    s -> work(s).leaders() > work(begun).leaders() && iteration(s) > iteration(begun) + 1);
            RunningJob.kill(requireNonNull(led.replicas().get(1).container()));
            job.until("the replica is back", s -> s.replicas().get(1).restarts() == 1);
            end = job.end();
        }

        assertThat(end.state()).as(end.message()).isEqualTo(JobState.SUCCEEDED);
        SandblasterWork work = work(end);
        assertThat(work.iteration()).isEqualTo(ITERATIONS);
        double alone = new SingleProcess(
                        commands.conf(), SingleProcess.job(Files.readString(Path.of(SpokenDigitsIT.JOB)), settings))
                .loss(ITERATIONS);
        System.out.printf(
                "spoken digits, Sandblaster, leader and replica killed: loss %.5f after %d iterations, one process %.5f,"
                        + " frame accuracy %.4f%n",
                work.loss(),
                work.iteration(),
                alone,
                requireNonNull(end.evaluation()).accuracy());
        assertThat(requireNonNull(work.loss())).isCloseTo(alone, Percentage.withPercentage(1));
        assertThat(end.replicas().get(1).restarts()).isEqualTo(1);
        assertThat(end.coordinators().stream().mapToInt(c -> c.restarts()).sum())
                .isEqualTo(1);
        assertThat(end.events())
                .anySatisfy(event -> assertThat(event.text()).contains("coordinator", "it led: another goes on from"));
    }

    @Test
    void allShardsGoBackToTheLastCheckpointWhenOneIsLostAndOptimisersFollowOneAnother() throws Exception {
        SyntheticSpeech speech = new SyntheticSpeech(directory, SYNTHETIC);
        speech.make(commands);
        List<String> settings = new ArrayList<>(speech.output("models/by-turns"));
        settings.addAll(List.of(
                "optimiser=sandblaster",
                "sandblaster.lossTolerance=0",
                "sandblaster.gradientTolerance=0",
                "coordinators.memory=192m"));
        JobSnapshot batches;
        List<String> first = new ArrayList<>(settings);
        first.add("sandblaster.iterations=80");
        try (RunningJob job = new RunningJob(commands, commands.submit(speech.jobFile(), first))) {
            JobSnapshot saved = job.until("a checkpoint is taken", s -> s.checkpoint() != null && iteration(s) > 10);
            RunningJob.kill(requireNonNull(saved.shards().get(1).container()));
            batches = job.end();
        }
        assertThat(batches.state()).as(batches.message()).isEqualTo(JobState.SUCCEEDED);
        assertThat(batches.shards())
                .allSatisfy(shard -> assertThat(shard.restarts()).isEqualTo(1));
        assertThat(batches.events())
                .anySatisfy(event -> assertThat(event.text())
                        .contains("it returns from checkpoint-", "the iterations since then are done again"));
        SandblasterWork work = work(batches);
        assertThat(work.iteration()).isEqualTo(80);
        assertThat(work.series()).extracting(p -> p.iteration()).isSorted().doesNotHaveDuplicates();
        assertThat(requireNonNull(batches.evaluation()).accuracy()).isGreaterThan(0.5);
        double loss = requireNonNull(work.loss());

        JobSnapshot online = resume(speech, "models/by-turns", List.of("downpour.epochs=1"));
        assertThat(requireNonNull(online.evaluation()).accuracy()).isGreaterThan(0.5);
        assertThat(online.series().get(0).loss())
                .as("Downpour begins where Sandblaster has ended, at a loss of %s", loss)
                .isLessThan(LIKE_A_TRAINED_MODEL);

        List<String> again = new ArrayList<>(settings);
        again.add("sandblaster.iterations=3");
        again.add("shards.count=3");
        JobSnapshot last = resume(speech, "models/by-turns", again);
        assertThat(work(last).iteration()).isEqualTo(3);
        assertThat(work(last).series().get(0).loss()).isLessThan(LIKE_A_TRAINED_MODEL);
        assertThat(requireNonNull(work(last).loss()))
                .isLessThan(work(last).series().get(0).loss());

        again.set(again.size() - 2, "sandblaster.iterations=6");
        JobSnapshot more = resume(speech, "models/by-turns", again);
        assertThat(work(more).iteration()).isEqualTo(6);
        assertThat(requireNonNull(work(more).loss()))
                .isLessThan(requireNonNull(work(last).loss()));
        long bytes = requireNonNull(work(more).batch()).bytesToShards()
                + requireNonNull(work(more).batch()).bytesFromShards();
        assertThat(bytes / 3 / 3).isLessThan(MOST_BYTES_PER_ITERATION_AND_SHARD);
    }

    private JobSnapshot resume(SyntheticSpeech speech, String output, List<String> settings) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("train", speech.jobFile(), "--resume", "--set", "output=" + output));
        settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        Commands.Result result = commands.succeed(arguments.toArray(String[]::new));
        JobSnapshot end = commands.history(result.application());
        assertThat(end.state()).as(end.message()).isEqualTo(JobState.SUCCEEDED);
        return end;
    }

    private static String leader(JobSnapshot job) {
        int index = requireNonNull(work(job).leader());
        return requireNonNull(job.coordinators().get(index).container());
    }

    private static long iteration(JobSnapshot job) {
        return job.sandblaster() == null ? 0 : work(job).iteration();
    }

    private static SandblasterWork work(JobSnapshot job) {
        return requireNonNull(job.sandblaster());
    }
}
