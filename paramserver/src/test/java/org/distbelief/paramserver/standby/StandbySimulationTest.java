package org.distbelief.paramserver.standby;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.distbelief.paramserver.pace.Consistency;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever happens to the processes of a shard, what was acknowledged is there, once. */
@Timeout(120)
class StandbySimulationTest {
    private static final int RUNS = 700;

    @ParameterizedTest(name = "{0} replicas, trouble {1}")
    @CsvSource({"1, 0.02", "3, 0.05", "4, 0.15"})
    void nothingAcknowledgedIsLostOrDoubled(int replicas, double trouble) {
        runs(new Consistency.Asynchronous(), replicas, trouble, RUNS);
    }

    @ParameterizedTest(name = "{0} backups, trouble {1}")
    @CsvSource({"0, 0.03", "1, 0.08"})
    void neitherIsItWhereReplicasGoInStep(int backups, double trouble) {
        runs(new Consistency.Synchronous(backups), 3, trouble, RUNS / 2);
    }

    @Test
    void withoutTroubleNobodyIsPromoted() {
        StandbySimulation simulation = new StandbySimulation(new Consistency.Asynchronous(), 3, 100, 0, 1);
        simulation.run();
        assertThat(simulation.promotions).isZero();
        assertThat(simulation.losses).isZero();
        assertThat(simulation.compared).isGreaterThan(100);
    }

    private static void runs(Consistency consistency, int replicas, double trouble, int runs) {
        long first = new Random().nextInt(1 << 30);
        int promotions = 0;
        int losses = 0;
        int compared = 0;
        int strays = 0;
        for (int run = 0; run < runs; run++) {
            StandbySimulation simulation = new StandbySimulation(consistency, replicas, 150, trouble, first + run);
            try {
                simulation.run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + (first + run), e);
            }
            promotions += simulation.promotions;
            losses += simulation.losses;
            compared += simulation.compared;
            strays += simulation.strays;
        }
        // That there was something to get wrong.
        assertThat(promotions).isGreaterThan(runs / 4);
        assertThat(losses).isPositive();
        assertThat(compared).isGreaterThan(runs);
        assertThat(strays).isPositive();
    }
}
