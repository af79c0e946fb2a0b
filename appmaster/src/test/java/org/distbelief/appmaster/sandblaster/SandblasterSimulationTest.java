package org.distbelief.appmaster.sandblaster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever happens to replicas, coordinators and messages, every batch ends, and each portion has counted once. */
@Timeout(300)
class SandblasterSimulationTest {
    private static final int RUNS = Integer.getInteger("distbelief.simulations", 100);

    @ParameterizedTest(name = "deterministic {0}, trouble {1}, faults {2}")
    @CsvSource({
        "false, 0.02, 0",
        "false, 0.05, 0.05",
        "false, 0.15, 0.15",
        "true, 0.02, 0",
        "true, 0.05, 0.05",
        "true, 0.15, 0.15"
    })
    void eachPortionCountsOnce(boolean deterministic, double trouble, double faults) {
        long first = new Random().nextInt(1 << 30);
        long replicaDeaths = 0;
        long coordinatorDeaths = 0;
        long backupsWon = 0;
        long dropped = 0;
        long redone = 0;
        for (int run = 0; run < RUNS; run++) {
            long seed = first + run;
            SandblasterSimulation simulation =
                    new SandblasterSimulation(any(deterministic, trouble, faults, seed), seed);
            try {
                simulation.run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
            replicaDeaths += simulation.replicaDeaths;
            coordinatorDeaths += simulation.coordinatorDeaths;
            for (BatchTally tally : simulation.tallies) {
                backupsWon += tally.backupsWon();
                dropped += tally.resultsDropped();
                redone += tally.portionsRedone();
            }
        }
        // That there was something to get wrong.
        assertThat(backupsWon).isGreaterThan(RUNS / 10);
        assertThat(dropped).isGreaterThan(RUNS / 2);
        if (faults > 0) {
            assertThat(replicaDeaths).isGreaterThan(RUNS);
            assertThat(coordinatorDeaths).isGreaterThan(RUNS / 20);
            assertThat(redone).isGreaterThan(RUNS / 2);
        }
    }

    private static SandblasterSimulation.Setup any(boolean deterministic, double trouble, double faults, long seed) {
        Random random = new Random(new SplittableRandom(~seed).nextLong());
        List<Double> millis = new ArrayList<>();
        int replicas = 1 + random.nextInt(8);
        for (int i = 0; i < replicas; i++) {
            millis.add((10 + random.nextInt(60)) * (random.nextInt(5) == 0 ? 5.0 : 1));
        }
        int portions = 1 + random.nextInt(40);
        BoardRules rules =
                new BoardRules(1 + random.nextInt(5), 1 + random.nextInt(4), random.nextInt(6) > 0, deterministic);
        return new SandblasterSimulation.Setup(
                rules,
                portions,
                random.nextBoolean() ? 0 : random.nextInt(4 * portions),
                3,
                1 + random.nextInt(3),
                millis,
                1 + random.nextInt(5),
                random.nextInt(200),
                trouble,
                faults);
    }
}
