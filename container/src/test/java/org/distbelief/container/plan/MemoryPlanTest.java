package org.distbelief.container.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.JobFile;
import org.distbelief.container.SyntheticSpeech;
import org.distbelief.container.TestJobs;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.partition.PartitionPlan;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
    private static final long MIB = 1L << 20;

    private static ReplicaNeeds needs(int units, String... settings) {
        List<String> all = new ArrayList<>(List.of("data.shuffle=1000"));
        all.addAll(List.of(settings));
        JobFile file = TestJobs.job(
                "softmaxCrossEntropy",
                List.of("fullyConnected: {units: " + units + ", activation: relu}", "fullyConnected: {units: classes}"),
                all);
        ModelDescription description = ModelDescription.of(file, new SyntheticSpeech(5, 3, 1).manifest());
        JobConfig job = file.config();
        return ReplicaNeeds.training(
                job,
                description,
                PartitionPlan.of(description.model(), job.replicas().partitions()));
    }

    private static MemoryPlan plan(String... settings) {
        return needs(100_000, settings).partitions().get(0);
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
    void sandblasterHasOneCopyFourGradientsAndACache() {
        long parameters = (66L * 100_000 + 100_000 + 100_000 * 10 + 10) * 4;
        MemoryPlan plan = plan("optimiser=sandblaster");

        assertThat(plan.parameterBytes()).isBetween(parameters, parameters + MIB);
        assertThat(plan.gradientBytes()).isBetween(4 * parameters, 4 * parameters + MIB);
        assertThat(plan("optimiser=sandblaster", "sandblaster.cache=1g").heapBytes())
                .isBetween(plan.heapBytes() + 960 * MIB, plan.heapBytes() + 1300 * MIB);
        long once = plan("optimiser=sandblaster", "sandblaster.miniBatch=100").activationBytes();
        assertThat(plan("optimiser=sandblaster", "sandblaster.miniBatch=200").activationBytes())
                .isBetween(2 * once - 2048, 2 * once);
        assertThat(plan("optimiser=sandblaster", "data.shuffle=1000000")).isEqualTo(plan);
        List<MemoryPlan> two = needs(100_000, "optimiser=sandblaster", "sandblaster.cache=1g", "replicas.partitions=2")
                .partitions();
        assertThat(two.get(0).heapBytes()).isGreaterThan(two.get(1).heapBytes() + 1024 * MIB);
        assertThat(needs(100_000, "optimiser=sandblaster").shortage(200 * MIB))
                .hasValueSatisfying(
                        message -> assertThat(message).contains("sandblaster.cache or sandblaster.miniBatch"));
        assertThat(needs(8_000_000, "optimiser=sandblaster", "sandblaster.miniBatch=100")
                        .shortage(1L << 50))
                .hasValueSatisfying(message -> assertThat(message).contains("set sandblaster.miniBatch to at most 67"));
    }

    @Test
    void growsWithMiniBatchAndPool() {
        long once = plan("downpour.miniBatch=100").activationBytes();

        assertThat(plan("downpour.miniBatch=200").activationBytes()).isBetween(2 * once - 2048, 2 * once);
        assertThat(plan("data.shuffle=1000000").heapBytes()).isGreaterThan(plan().heapBytes() + 50 * MIB);
    }

    @Test
    void aPartitionHasItsShareAndOnlyTheFirstOneThePool() {
        MemoryPlan whole = plan("data.shuffle=1000000");
        List<MemoryPlan> four =
                needs(100_000, "replicas.partitions=4", "data.shuffle=1000000").partitions();

        assertThat(four).hasSize(4).allSatisfy(part -> {
            assertThat((double) part.parameterBytes() / whole.parameterBytes()).isBetween(0.249, 0.251);
            assertThat((double) part.gradientBytes() / whole.gradientBytes()).isBetween(0.249, 0.251);
        });
        assertThat(four.get(0).heapBytes()).isGreaterThan(four.get(1).heapBytes() + 50 * MIB);
        assertThat(four.get(1).activationBytes())
                .as("partition 0 has the inputs of two mini-batches, the others only what they need of the one")
                .isLessThan(four.get(0).activationBytes());
    }

    @Test
    void saysWhatIsMissingAndWhatToChange() {
        ReplicaNeeds needs = needs(100_000);
        long enough = needs.partitions().get(0).containerBytes();

        assertThat(needs.shortage(enough)).isEmpty();
        assertThat(needs.shortage(enough - MIB))
                .hasValueSatisfying(message -> assertThat(message)
                        .contains("a model replica needs")
                        .contains("parameters 58.7 MiB")
                        .contains("1 MiB too little")
                        .contains("set replicas.memory to at least " + (enough + MIB - 1) / MIB + "m, ")
                        .contains("or replicas.partitions to 2, the least number")
                        .contains("data.shuffle or downpour.miniBatch"));
    }

    @Test
    void theNumberOfPartitionsItNamesFitsAndOneLessDoesNot() {
        long bytes = 300 * MIB;

        assertThat(needs(100_000).shortage(bytes)).hasValueSatisfying(message -> {
            int named = Integer.parseInt(message.replaceAll("(?s).*replicas.partitions to (\\d+),.*", "$1"));
            assertThat(named).isGreaterThan(2);
            assertThat(needs(100_000, "replicas.partitions=" + named).shortage(bytes))
                    .isEmpty();
            assertThat(needs(100_000, "replicas.partitions=" + (named - 1)).shortage(bytes))
                    .isPresent();
        });
    }

    @Test
    void theLargestPartitionDecides() {
        ReplicaNeeds needs = needs(100_001, "replicas.partitions=3");
        List<Long> sizes =
                needs.partitions().stream().map(MemoryPlan::containerBytes).toList();
        long largest = sizes.stream().mapToLong(size -> size).max().orElseThrow();
        int partition = IntStream.range(0, 3)
                .filter(p -> sizes.get(p) == largest)
                .findFirst()
                .orElseThrow();

        assertThat(needs.shortage(largest)).isEmpty();
        assertThat(needs.shortage(largest - 1))
                .hasValueSatisfying(message -> assertThat(message)
                        .startsWith("partition " + partition + " of the 3 of a model replica needs"));
    }

    @Test
    void saysWhereSplittingDoesNotHelp() {
        assertThat(needs(1000).shortage(200 * MIB))
                .hasValueSatisfying(message -> assertThat(message)
                        .contains("no number of partitions up to 256 would fit")
                        .doesNotContain("or replicas.partitions to"));
    }

    @Test
    void aMiniBatchThatDoesNotFitInOnePieceOfMemoryIsRefused() {
        assertThat(needs(8_000_000, "downpour.miniBatch=100").shortage(1L << 50))
                .hasValueSatisfying(message -> assertThat(message)
                        .contains("the states of 8000000 units")
                        .contains("set downpour.miniBatch to at most 67, or raise replicas.partitions"));
    }
}
