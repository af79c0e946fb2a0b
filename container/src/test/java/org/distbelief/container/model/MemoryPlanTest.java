package org.distbelief.container.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.distbelief.container.SyntheticSpeech;
import org.distbelief.container.TestJobs;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
    private static final long MIB = 1L << 20;

    private static MemoryPlan plan(String... settings) {
        ModelDescription description = ModelDescription.of(
                TestJobs.job(
                        "softmaxCrossEntropy",
                        List.of(
                                "fullyConnected: {units: 100000, activation: relu}",
                                "fullyConnected: {units: classes}"),
                        List.of(settings)),
                new SyntheticSpeech(5, 3, 1).manifest());
        return MemoryPlan.forTraining(description, description.model());
    }

    @Test
    void countsTheCopiesOfParametersAndGradients() {
        long parameters = (66L * 100_000 + 100_000 + 100_000 * 10 + 10) * 4;

        assertThat(plan().parameterBytes()).isBetween(2 * parameters, 2 * parameters + MIB);
        assertThat(plan().gradientBytes()).isBetween(2 * parameters, 2 * parameters + MIB);
        assertThat(plan("downpour.clip={norm: {limit: 1}}").gradientBytes()).isEqualTo(plan().gradientBytes());
        assertThat(plan("downpour.nPush=3", "downpour.localLearningRate=0", "downpour.clip={norm: {limit: 1}}")
                        .gradientBytes())
                .as("the gradient of a step alone, which is clipped before it is accrued")
                .isBetween(3 * parameters, 3 * parameters + MIB);
        assertThat(plan("downpour.nPush=3").gradientBytes()).isBetween(3 * parameters, 3 * parameters + MIB);
    }

    @Test
    void growsWithMiniBatchAndPool() {
        assertThat(plan("downpour.miniBatch=200").activationBytes())
                .isEqualTo(2 * plan("downpour.miniBatch=100").activationBytes());
        assertThat(plan("data.shuffle=1000000").heapBytes()).isGreaterThan(plan().heapBytes() + 50 * MIB);
    }

    @Test
    void saysWhatIsMissingAndWhatToChange() {
        MemoryPlan plan = plan();

        assertThat(plan.shortage(plan.containerBytes())).isEmpty();
        assertThat(plan.shortage(plan.containerBytes() - 1))
                .hasValueSatisfying(message -> assertThat(message)
                        .contains("a model replica needs")
                        .contains("parameters 58.7 MiB")
                        .contains("set replicas.memory to at least"));
    }
}
