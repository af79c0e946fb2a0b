package org.distbelief.container.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.distbelief.conf.JobFileException;
import org.distbelief.container.TestJobs;
import org.distbelief.paramserver.Initialisation;
import org.distbelief.paramserver.RangeSet;
import org.junit.jupiter.api.Test;

class FullyConnectedTest {
    private static Layer layer(String line) {
        return LayerType.find(
                TestJobs.withLayers(line).config().model().layers().get(0), Shape.flat(3), 10);
    }

    @Test
    void computesWeightedSums() {
        LayerHarness harness = new LayerHarness(
                layer("fullyConnected: {units: 2}"), Shape.flat(2).whole(), 1);
        harness.parameters.get(0).write(0, new float[] {1, 2, 3, 4, 5, 6}, 0, 6);
        harness.parameters.get(1).write(0, new float[] {10, 20}, 0, 2);
        harness.input.write(0, new float[] {1, 0, -1}, 0, 3);

        assertThat(harness.forward().toArray()).containsExactly(8, 18);
    }

    @Test
    void aRegionOfUnitsNeedsItsOwnRowsOfTheWeightsAndAllInputs() {
        Layer layer = layer("fullyConnected: {units: 8}");
        Region region = Region.channels(2, 5);

        assertThat(layer.needs(region)).isEqualTo(Shape.flat(3).whole());
        assertThat(layer.parameters(0, region)).isEqualTo(RangeSet.of(6, 15));
        assertThat(layer.parameters(1, region)).isEqualTo(RangeSet.of(2, 5));
    }

    @Test
    void unitsCanFollowTheClasses() {
        assertThat(layer("fullyConnected: {units: classes}").output()).isEqualTo(Shape.flat(10));
    }

    @Test
    void initialBoundsFollowTheirNames() {
        assertThat(bound("fullyConnected: {units: 5}")).isCloseTo((float) Math.sqrt(6.0 / 8), within(1e-6f));
        assertThat(bound("fullyConnected: {units: 5, initialisation: {glorot: {gain: 4}}}"))
                .isCloseTo((float) (4 * Math.sqrt(6.0 / 8)), within(1e-6f));
        assertThat(bound("fullyConnected: {units: 5, activation: relu}"))
                .isCloseTo((float) Math.sqrt(6.0 / 3), within(1e-6f));
        assertThat(bound("fullyConnected: {units: 5, initialisation: {uniform: {scale: 0.2}}}"))
                .isCloseTo(0.2f, within(1e-6f));
    }

    private static float bound(String line) {
        return ((Initialisation.Uniform) layer(line).blocks().get(0).initialisation()).high();
    }

    @Test
    void itsWeightsDecayAsSaidItsBiasesNever() {
        assertThat(layer("fullyConnected: {units: 5}").blocks())
                .extracting(LayerBlock::decay)
                .containsOnly(WeightDecay.NONE);
        assertThat(layer("fullyConnected: {units: 5, l1: 1e-4, l2: 0.01}").blocks())
                .extracting(LayerBlock::decay)
                .containsExactly(new WeightDecay(1e-4, 0.01), WeightDecay.NONE);
    }

    @Test
    void refusesBadSettingsWithTheirLine() {
        assertThatThrownBy(() -> layer("fullyConnected: {units: 5, l1: -0.1}"))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("job.yaml:5: model.layers.0.fullyConnected.l1: expected a number from 0.0")
                .hasMessageContaining("found '-0.1'");
        assertThatThrownBy(() -> layer("fullyConnected: {units: 5, l2: much}"))
                .hasMessageContaining("fullyConnected.l2: expected a number from 0.0")
                .hasMessageContaining("found 'much'");
        assertThatThrownBy(() -> layer("fullyConnected: {units: 0}"))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("job.yaml:5: model.layers.0.fullyConnected.units: expected a whole number from 1")
                .hasMessageContaining("found '0'");
        assertThatThrownBy(() -> layer("fullyConnected: {unit: 5}"))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("missing key 'units'")
                .hasMessageContaining("unknown key 'unit'")
                .hasMessageContaining("did you mean 'units'?");
        assertThatThrownBy(() -> layer("fullyConnected: {units: 5, activation: sigmod}"))
                .hasMessageContaining("expected one of linear, sigmoid, tanh, relu, softplus, found 'sigmod'");
        assertThatThrownBy(() -> layer("fullyConnected: {units: 5, initialisation: glorott}"))
                .hasMessageContaining("unknown initialisation 'glorott'; did you mean 'glorot'?");
        assertThatThrownBy(() -> layer("fullyConected: {units: 5}"))
                .hasMessageContaining("unknown layer type 'fullyConected'; did you mean 'fullyConnected'?");
    }

    @Test
    void refusesARegionThatIsNotItsOwn() {
        assertThatThrownBy(() -> layer("fullyConnected: {units: 8}").needs(Region.channels(5, 9)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8 units");
    }
}
