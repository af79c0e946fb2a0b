package org.distbelief.container.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.distbelief.container.TestJobs;
import org.distbelief.container.layer.Region;
import org.distbelief.container.layer.Shape;
import org.distbelief.container.model.Model;
import org.distbelief.paramserver.RangeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionPlanTest {
    private static final Shape PICTURE = new Shape(100, 100, 3);

    private static Model model(Shape input, String... layers) {
        return Model.of(TestJobs.withLayers(layers).config().model(), input, 3);
    }

    private static Model local() {
        return model(
                PICTURE,
                "locallyConnected: {patch: 10, stride: 2, maps: 8}",
                "pooling: {window: 2}",
                "localContrastNormalisation: {window: 3}",
                "fullyConnected: {units: 10}");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 31, 64, 128})
    void everyUnitHasOneOwnerAndTheWorkIsEven(int partitions) {
        PartitionPlan plan = PartitionPlan.of(local(), partitions);

        for (CutLayer layer : plan.layers()) {
            long units = layer.regions().stream()
                    .flatMap(Optional::stream)
                    .mapToLong(Region::units)
                    .sum();
            assertThat(units).as(layer.name()).isEqualTo(layer.layer().output().units());
        }
        CutLayer filter = plan.layers().get(0);
        double even = (double) filter.layer().output().units() / partitions;
        assertThat(filter.regions()).allSatisfy(region -> {
            Shape shape = region.orElseThrow().shape();
            assertThat(shape.units() / even).isBetween(0.5, 1.25);
            assertThat((double) shape.height() / shape.width()).isBetween(0.3, 3.0);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 9})
    void everyParameterHasOneOwnerAndIsNeededByIt(int partitions) {
        Model model = model(
                PICTURE,
                "convolution: {patch: 10, stride: 2, maps: 4}",
                "locallyConnected: {patch: 6, stride: 4, maps: 8}",
                "fullyConnected: {units: 30}",
                "fullyConnected: {units: 10}");
        PartitionPlan plan = PartitionPlan.of(model, partitions);
        List<RangeSet> owned =
                IntStream.range(0, partitions).mapToObj(plan::owned).toList();

        assertThat(owned.stream().mapToLong(RangeSet::size).sum()).isEqualTo(model.parameters());
        assertThat(owned.stream().reduce(RangeSet.empty(), RangeSet::union))
                .isEqualTo(model.layout().ranges());
        for (int p = 0; p < partitions; p++) {
            assertThat(plan.parameters(p).contains(owned.get(p))).isTrue();
        }
        assertThat(plan.layers().get(0).sharers(0)).as("tied").hasSize(partitions);
        assertThat(plan.layers().get(1).sharers(0)).as("untied").containsExactly(0);
    }

    @Test
    void fourPartitionsOfAPictureAreItsQuarters() {
        CutLayer layer = PartitionPlan.of(local(), 4).layers().get(0);

        assertThat(layer.regions())
                .extracting(Optional::orElseThrow)
                .containsExactly(
                        new Region(0, 0, 0, new Shape(23, 23, 8)),
                        new Region(0, 23, 0, new Shape(23, 23, 8)),
                        new Region(23, 0, 0, new Shape(23, 23, 8)),
                        new Region(23, 23, 0, new Shape(23, 23, 8)));
    }

    @Test
    void aWideLayerThatFeedsANarrowOneIsCutByItsInputs() {
        PartitionPlan plan = PartitionPlan.of(
                model(Shape.flat(20), "fullyConnected: {units: 100}", "fullyConnected: {units: 10}"), 4);

        assertThat(plan.layers())
                .extracting(CutLayer::name)
                .containsExactly("0.fullyConnected", "1.fullyConnected.sums", "1.fullyConnected.total");
        assertThat(plan.exchange().into(1))
                .as("the sums are made where the inputs are")
                .isEmpty();
        assertThat(plan.exchange().into(2))
                .hasSize(12)
                .allSatisfy(c -> assertThat(c.units()).isBetween(2, 3));
    }

    @Test
    void layersOfTheSameWidthAreCutByUnits() {
        PartitionPlan plan = PartitionPlan.of(
                model(Shape.flat(440), "fullyConnected: {units: 2560}", "fullyConnected: {units: 2560}"), 2);

        assertThat(plan.layers()).extracting(CutLayer::name).containsExactly("0.fullyConnected", "1.fullyConnected");
        assertThat(plan.exchange().into(0))
                .containsExactly(new Crossing(0, 1, List.of(Shape.flat(440).whole())));
        assertThat(plan.exchange().into(1))
                .hasSize(2)
                .allSatisfy(c -> assertThat(c.units()).isEqualTo(1280));
    }

    @Test
    void thePlanFollowsFromTheModelAndTheNumberAlone() {
        PartitionPlan once = PartitionPlan.of(local(), 7);
        PartitionPlan again = PartitionPlan.of(local(), 7);

        assertThat(again.layers()).isEqualTo(once.layers());
    }

    @Test
    void morePartitionsThanUnitsAreRefused() {
        Model tiny = model(Shape.flat(4), "fullyConnected: {units: 6}", "fullyConnected: {units: 3}");

        assertThat(PartitionPlan.of(tiny, 6).partitions()).isEqualTo(6);
        assertThatThrownBy(() -> PartitionPlan.of(tiny, 7))
                .isInstanceOf(PartitionException.class)
                .hasMessageContaining("cannot be cut into 7 partitions")
                .hasMessageContaining("use at most 6");
        assertThatThrownBy(() -> PartitionPlan.of(tiny, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLayerTooLargeForOneProcessIsCut() {
        Model large = model(Shape.flat(40_000), "fullyConnected: {units: 40000}", "fullyConnected: {units: 3}");

        assertThat(large.parameters()).isGreaterThan(1_600_000_000L);
        assertThatThrownBy(() -> PartitionPlan.of(large, 2))
                .isInstanceOf(PartitionException.class)
                .hasMessageContaining("0.fullyConnected.weights")
                .hasMessageContaining("more than 2 partitions");
        assertThat(PartitionPlan.of(large, 4).parameters(3).size()).isLessThan(500_000_000L);
    }
}
