package org.distbelief.paramserver.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.pace.PaceSimulation.Given;
import org.distbelief.paramserver.pace.PaceSimulation.Mean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole jobs in virtual time: how far replicas get apart, what is applied, and that all get to their end. */
@Timeout(120)
class PaceSimulationTest {
    private static final int SEEDS = 20;
    private static final int UPDATES = 60;

    /** For jobs in which nobody dies without a word: a wait for one who waits himself would not end. */
    private static final Duration NEVER = Duration.ofDays(1000);

    @ParameterizedTest(name = "{0} steps, {1} replicas, {2} shards")
    @CsvSource({"0, 2, 1", "0, 5, 3", "1, 4, 2", "3, 8, 4", "10, 3, 2"})
    void nobodyGetsFurtherAheadThanBounded(int steps, int replicas, int shards) {
        long furthest = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            PaceSimulation simulation =
                    new PaceSimulation(new Consistency.Bounded(steps), replicas, shards, UPDATES, NEVER, seed);
            simulation.run();
            assertThat(simulation.replicas)
                    .as("seed %d", seed)
                    .allSatisfy(replica -> assertThat(replica.furthestAhead).isLessThanOrEqualTo(steps));
            furthest = Math.max(
                    furthest,
                    simulation.replicas.stream()
                            .mapToLong(replica -> replica.furthestAhead)
                            .max()
                            .orElseThrow());
        }
        assertThat(furthest).as("somebody used the freedom").isEqualTo(steps);
    }

    @ParameterizedTest(name = "{0} steps, {1} replicas, {2} shards")
    @CsvSource({"0, 2, 2", "0, 6, 3", "2, 4, 2"})
    void boundedReplicasGetToTheirEndWhateverHappens(int steps, int replicas, int shards) {
        troubled(new Consistency.Bounded(steps), replicas, shards);
    }

    @ParameterizedTest(name = "{0} backups, {1} replicas, {2} shards")
    @CsvSource({"0, 2, 2", "0, 6, 3", "1, 2, 2", "1, 4, 2", "2, 6, 4"})
    void replicasInStepGetToTheirEndWhateverHappens(int backups, int replicas, int shards) {
        troubled(new Consistency.Synchronous(backups), replicas, shards);
    }

    /** Ends, or the simulation throws. */
    private static void troubled(Consistency consistency, int replicas, int shards) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            boolean deaths = seed % 2 == 0;
            PaceSimulation simulation = new PaceSimulation(
                    consistency, replicas, shards, UPDATES, deaths ? Duration.ofSeconds(60) : NEVER, seed);
            simulation.pauses = 0.05;
            simulation.deaths = deaths ? 0.02 : 0;
            simulation.restarts = 0.01;
            simulation.run();
            assertThat(simulation.seconds()).as("seed %d", seed).isLessThan(7200.0);
        }
    }

    @ParameterizedTest(name = "{0} backups, {1} replicas, {2} shards")
    @CsvSource({"0, 3, 2", "1, 4, 2", "2, 5, 3", "3, 4, 1"})
    void inStepTheMeanOfTheFirstGradientsOfEachRoundIsApplied(int backups, int replicas, int shards) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            PaceSimulation simulation =
                    new PaceSimulation(new Consistency.Synchronous(backups), replicas, shards, UPDATES, NEVER, seed);
            simulation.run();
            long dropped = 0;
            for (PaceSimulation.Shard shard : simulation.shards) {
                Map<RangeSet, Long> rounds = new HashMap<>();
                for (Mean mean : shard.means) {
                    long round = rounds.merge(mean.part(), 0L, (before, none) -> before + 1);
                    assertThat(mean.version())
                            .as("seed %d: one after the other", seed)
                            .isEqualTo(round);
                    assertThat(mean.of()).extracting(Given::replica).doesNotHaveDuplicates();
                    assertThat(mean.of()).extracting(Given::clock).containsOnly(round);
                }
                // Who joins begins with the latest round that he hears of; whoever is done leaves.
                long complete = shard.means.stream()
                        .filter(mean -> mean.members() == replicas)
                        .mapToLong(Mean::version)
                        .min()
                        .orElseThrow();
                assertThat(complete).as("seed %d", seed).isLessThan(UPDATES / 2);
                assertThat(shard.means)
                        .filteredOn(mean -> mean.version() > complete + 2 && mean.version() < UPDATES - 1)
                        .as("seed %d", seed)
                        .isNotEmpty()
                        .allSatisfy(mean -> assertThat(mean.of()).hasSize(replicas - backups));
                dropped +=
                        shard.dropped.stream().filter(at -> at > complete + 2).count();
            }
            if (backups == 0) {
                assertThat(dropped).as("seed %d", seed).isZero();
            } else {
                assertThat(dropped).as("seed %d", seed).isPositive();
            }
        }
    }

    @Test
    void withBackupsAStepIsShorterThanTheSlowest() {
        double[] seconds = LongStream.of(0, 1)
                .mapToDouble(backups -> {
                    PaceSimulation simulation =
                            new PaceSimulation(new Consistency.Synchronous((int) backups), 8, 2, UPDATES, NEVER, 5);
                    simulation.run();
                    long rounds = simulation.shards.get(0).means.size() / 3;
                    return simulation.seconds() / rounds;
                })
                .toArray();
        assertThat(seconds[1]).isLessThan(0.9 * seconds[0]);
    }
}
