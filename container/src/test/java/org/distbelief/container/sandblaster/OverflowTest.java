package org.distbelief.container.sandblaster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Future;
import org.distbelief.container.SyntheticSpeech;
import org.distbelief.container.replica.ReplicaParameters;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.PushSource;
import org.distbelief.paramserver.client.Pushes;
import org.distbelief.paramserver.client.ShardedParameters;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Points at which each portion's gradient is a number, and not that of all of them. */
class OverflowTest {
    private static final int PORTIONS = 12;

    private final SyntheticSpeech data = new SyntheticSpeech(5, PORTIONS, 1);

    @ParameterizedTest(name = "{0} partitions")
    @CsvSource({"1", "3"})
    void aBundleWhoseGradientOverflowsIsToldAndNotPushed(int partitions) throws Exception {
        FakeCoordinator coordinator = new FakeCoordinator(PORTIONS, PORTIONS, 0, 3);
        try (SandblasterHarness harness = new SandblasterHarness(data)) {
            harness.partitions = partitions;
            // Its decay for one example is a number, and for a portion: not for all portions together.
            ReplicaParameters step = ReplicaParameters.whole(harness.model);
            step.view(0, 1).putFloat(0, -3e38f);
            try (ShardedParameters shards = harness.shards.connect();
                    Pushes pushes = shards.pushes(new PushSource(99, 0, 1))) {
                pushes.push(step.ranges(), step, new long[] {0, 0});
            }
            Future<?> running = harness.start(0, coordinator.connect());
            coordinator.begin(VectorName.PARAMETERS, 1);
            assertThat(coordinator.await().lossSum()).isNaN();
            assertThat(harness.pushed).isEmpty();
            assertThat(coordinator
                            .awaitReport(report -> report.bundle().size() == PORTIONS - 1)
                            .done())
                    .as("each of the portions has a loss")
                    .hasValueSatisfying(
                            done -> assertThat(done.lossSum()).isFinite().isPositive());
            coordinator.begin(VectorName.PARAMETERS, 2);
            assertThat(coordinator.await().lossSum()).as("it goes on").isNaN();
            assertThat(running).isNotDone();
        }
    }
}
