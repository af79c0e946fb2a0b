package org.distbelief.appmaster.sandblaster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The paper's load balancing (section 4.2), in virtual time: a slow machine must not set the pace of the batch. */
class SlowReplicaTest {
    private static final int REPLICAS = 8;
    /** A batch's work, in mini-batches of 10 ms. */
    private static final int WORK = 1600;

    private static long batchMillis(boolean slowOne, int portions, boolean backupCopies) {
        List<Double> millis = new ArrayList<>(Collections.nCopies(REPLICAS, 10.0));
        if (slowOne) {
            millis.set(3, 100.0);
        }
        SandblasterSimulation simulation = new SandblasterSimulation(
                new SandblasterSimulation.Setup(
                        new BoardRules(4, 2, backupCopies, false), portions, 0, 1, 2, millis, WORK / portions, 5, 0, 0),
                1);
        simulation.run();
        return simulation.batchMillis.get(0);
    }

    @Test
    void aReplicaTenTimesSlowerHardlyDelaysABatch() {
        long alike = batchMillis(false, 160, true);
        long slow = batchMillis(true, 160, true);
        assertThat((double) slow / alike).isLessThan(1.25);
    }

    @Test
    void withoutBackupCopiesItsLastPortionDelaysIt() {
        long with = batchMillis(true, 160, true);
        long without = batchMillis(true, 160, false);
        assertThat(without).isGreaterThan(with + 200);
    }

    @Test
    void withOneLargePortionEachItSetsThePace() {
        long alike = batchMillis(false, 160, true);
        assertThat((double) batchMillis(true, REPLICAS, false) / alike).isGreaterThan(5);
    }
}
