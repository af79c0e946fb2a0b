package org.distbelief.container.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.distbelief.container.TestJobs;
import org.distbelief.container.layer.Region;
import org.distbelief.container.layer.Shape;
import org.distbelief.container.model.Model;
import org.distbelief.container.partition.PartitionPlan;
import org.distbelief.container.plan.Traffic.Bytes;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardMap;
import org.junit.jupiter.api.Test;

/** Numbers that were worked out by hand. */
class PlanReportTest {
    private static final MemoryPlan MEMORY = new MemoryPlan(1, 2, 3, 4, 5, 6);
    private static final Bytes NONE = new Bytes(0, 0);

    private static PlanReport report(String loss, Shape input, int partitions, List<String> layers) {
        Model model = Model.of(TestJobs.job(loss, layers, List.of()).config().model(), input, 3);
        long all = model.parameters();
        ShardMap halves = new ShardMap(List.of(RangeSet.of(0, all / 2), RangeSet.of(List.of(new Range(all / 2, all)))));
        return PlanReport.of(PartitionPlan.of(model, partitions), Collections.nCopies(partitions, MEMORY), halves);
    }

    /** Both layers are of 4 units: half of them each. */
    private static PlanReport byUnits() {
        return report(
                "softmaxCrossEntropy",
                Shape.flat(6),
                2,
                List.of("fullyConnected: {units: 4}", "fullyConnected: {units: 4}"));
    }

    @Test
    void fullyConnectedLayersCutByUnits() {
        PlanReport report = byUnits();

        assertThat(report.layers())
                .containsExactly(
                        new LayerReport("0.fullyConnected", Shape.flat(4), LayerCut.UNITS, 2, 0, 0, 6 * 4 + 4, 48, 1),
                        new LayerReport("1.fullyConnected", Shape.flat(4), LayerCut.UNITS, 2, 0, 0, 4 * 4 + 4, 32, 1));
        PartitionReport first = report.partitions().get(0);
        assertThat(first.regions()).containsExactly(Region.channels(0, 2), Region.channels(0, 2));
        assertThat(first.parameters()).isEqualTo(2 * 6 + 2 + 2 * 4 + 2);
        assertThat(first.pushed()).isEqualTo(24);
        assertThat(first.forwardFlops()).isEqualTo(2 * 2 * 6 + 2 * 2 * 4);
        assertThat(first.trainingFlops()).isEqualTo(2 * 24 + 3 * 16);
        assertThat(first.memory()).isEqualTo(MEMORY);
        assertThat(first.neighbours()).containsExactly(1);
        assertThat(report.parameters()).isEqualTo(48);
        assertThat(report.trainingFlops()).isEqualTo(2 * 48 + 3 * 32);
    }

    @Test
    void whatCrossesBetweenHalvesOfFullyConnectedLayers() {
        Traffic first = byUnits().partitions().get(0).traffic();

        assertThat(first)
                .isEqualTo(new Traffic(
                        new Bytes(0, 6 * 4),
                        new Bytes(2 * 4, 2 * 4),
                        new Bytes(2 * 4, 2 * 4),
                        new Bytes(2 * 4, 2 * 4),
                        new Bytes(2 * 4, 0),
                        NONE));
        assertThat(first.training()).isEqualTo(new Bytes(24, 48));
        assertThat(byUnits().traffic().training())
                .as("both ways, all partitions")
                .isEqualTo(new Bytes(72, 72));
    }

    @Test
    void parametersLieOnTheShardsThatHoldThem() {
        // Weights 0-23, biases 24-27, weights 28-43, biases 44-47; shards 0-23 and 24-47.
        assertThat(byUnits().partitions().get(0).shards()).isEqualTo(Map.of(0, 12L, 1, 2L + 8 + 2));
        assertThat(byUnits().partitions().get(1).shards()).isEqualTo(Map.of(0, 12L, 1, 12L));
    }

    @Test
    void aWideLayerIntoANarrowOneIsCutByItsInputs() {
        PlanReport report = report(
                "oneVsAllLogistic",
                Shape.flat(6),
                2,
                List.of("fullyConnected: {units: 20}", "fullyConnected: {units: 3}"));

        assertThat(report.layers())
                .extracting(LayerReport::name, LayerReport::cut, LayerReport::parameters, LayerReport::forwardFlops)
                .containsExactly(
                        tuple("0.fullyConnected", LayerCut.UNITS, 140L, 240L),
                        tuple("1.fullyConnected.sums", LayerCut.INPUTS, 60L, 120L),
                        tuple("1.fullyConnected.total", LayerCut.UNITS, 3L, 6L));
        assertThat(report.layers().get(2).balance()).as("2 of 3 units").isCloseTo(4 / 3.0, within(1e-12));
        // Partition 0 totals unit 0: it sends 2 sums and gets 1; the gradients go back.
        assertThat(report.partitions().get(0).traffic())
                .isEqualTo(
                        new Traffic(new Bytes(0, 24), new Bytes(4, 8), NONE, new Bytes(8, 4), new Bytes(8, 0), NONE));
        assertThat(report.partitions().get(1).trainingFlops()).isEqualTo(2 * 120 + 3 * (60 + 4));
    }

    @Test
    void aPictureCutIntoFourBoxes() {
        PlanReport report = report(
                "oneVsAllLogistic",
                new Shape(6, 6, 1),
                4,
                List.of("locallyConnected: {patch: 3, maps: 2}", "fullyConnected: {units: 3}"));

        // 4 x 4 places; a box of 2 x 2 places needs 4 x 4 inputs, 8 units, each with 9 weights and a bias.
        assertThat(report.layers().get(0))
                .isEqualTo(new LayerReport(
                        "0.locallyConnected", new Shape(4, 4, 2), LayerCut.SPACE, 4, 2, 2, 32 * 10, 32 * 18, 1));
        assertThat(report.layers().get(1).cut()).isEqualTo(LayerCut.INPUTS);
        PartitionReport last = report.partitions().get(3);
        assertThat(last.regions()).startsWith(new Region(2, 2, 0, new Shape(2, 2, 2)));
        assertThat(last.parameters()).as("8 units; 3 x 8 weights; 1 bias").isEqualTo(80 + 24 + 1);
        assertThat(last.traffic())
                .isEqualTo(new Traffic(
                        new Bytes(16 * 4, 0),
                        new Bytes(3 * 4, 2 * 4),
                        NONE,
                        new Bytes(2 * 4, 3 * 4),
                        new Bytes(0, 4),
                        NONE));
        assertThat(report.traffic().inputs()).isEqualTo(new Bytes(3 * 64, 3 * 64));
    }

    @Test
    void aConvolutionsGradientIsAddedUpOnceAStep() {
        PlanReport report = report(
                "oneVsAllLogistic",
                new Shape(4, 4, 1),
                2,
                List.of("convolution: {patch: 1, maps: 2}", "convolution: {patch: 1, maps: 3}"));

        // 1 x 1 patches: halves of 8 places, no borders. Parameters 2 x 1 + 2, and 3 x 2 + 3; all tied.
        assertThat(report.layers().get(0).rows()).isEqualTo(2);
        assertThat(report.layers().get(0).columns()).isEqualTo(1);
        PartitionReport first = report.partitions().get(0);
        PartitionReport second = report.partitions().get(1);
        assertThat(first.parameters()).isEqualTo(13);
        assertThat(first.pushed()).isEqualTo(13);
        assertThat(second.parameters()).isEqualTo(13);
        assertThat(second.pushed()).isZero();
        assertThat(first.traffic())
                .isEqualTo(new Traffic(
                        new Bytes(0, 8 * 4), NONE, NONE, NONE, new Bytes(8 * 3 * 4, 0), new Bytes(13 * 4, 13 * 4)));
        assertThat(first.traffic().training())
                .as("tied gradients do not grow with examples")
                .isEqualTo(new Bytes(0, 32));
    }

    @Test
    void aReplicaInOnePieceTalksToNobody() {
        PlanReport report = report("softmaxCrossEntropy", Shape.flat(6), 1, List.of("fullyConnected: {units: 3}"));

        assertThat(report.layers().get(0).cut()).isEqualTo(LayerCut.WHOLE);
        assertThat(report.partitions().get(0).neighbours()).isEmpty();
        assertThat(report.traffic()).isEqualTo(new Traffic(NONE, NONE, NONE, NONE, NONE, NONE));
    }

    @Test
    void hasAJsonForm() {
        JsonNode json = JsonMapper.builder().build().valueToTree(byUnits());

        assertThat(json.at("/layers/0/cut").asText()).isEqualTo("UNITS");
        assertThat(json.at("/partitions/1/regions/0/channel").asInt()).isEqualTo(2);
        assertThat(json.at("/partitions/1/memory/containerBytes").asLong()).isEqualTo(21);
        assertThat(json.at("/partitions/0/traffic/inputs/out").asLong()).isEqualTo(24);
        assertThat(json.at("/partitions/0/shards/1").asLong()).isEqualTo(12);
    }
}
