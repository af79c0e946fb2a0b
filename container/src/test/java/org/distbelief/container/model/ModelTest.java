package org.distbelief.container.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.distbelief.conf.JobFileException;
import org.distbelief.container.TestJobs;
import org.distbelief.container.layer.Shape;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.Initialisation;
import org.distbelief.paramserver.Range;
import org.junit.jupiter.api.Test;

class ModelTest {
    private static Model model(int classes, String... layers) {
        return Model.of(TestJobs.withLayers(layers).config().model(), new Shape(11, 40, 1), classes);
    }

    @Test
    void layersAreBoundFromTheInputUp() {
        Model model = model(
                80,
                "fullyConnected: {units: 512, activation: sigmoid}",
                "fullyConnected: {units: 512, activation: sigmoid}",
                "fullyConnected: {units: 80}");

        assertThat(model.layers()).extracting(l -> l.input().units()).containsExactly(440, 512, 512);
        assertThat(model.output()).isEqualTo(Shape.flat(80));
        assertThat(model.parameters()).isEqualTo(529_488);
    }

    @Test
    void theLayoutFollowsFromTheModelAlone() {
        Model model = model(2, "fullyConnected: {units: 3}", "fullyConnected: {units: 2}");

        assertThat(model.layout().blocks())
                .extracting(Block::name)
                .containsExactly(
                        "0.fullyConnected.weights",
                        "0.fullyConnected.biases",
                        "1.fullyConnected.weights",
                        "1.fullyConnected.biases");
        assertThat(model.layout().blocks())
                .extracting(Block::range)
                .containsExactly(
                        new Range(0, 1320), new Range(1320, 1323), new Range(1323, 1329), new Range(1329, 1331));
        assertThat(model.block(1, 1).initialisation()).isEqualTo(new Initialisation.Constant(0));
        assertThat(model(2, "fullyConnected: {units: 3}", "fullyConnected: {units: 2}")
                        .layout())
                .isEqualTo(model.layout());
    }

    @Test
    void thePapersAcousticNetHas42MillionParametersAndIts32GigaflopAStep() {
        String hidden = "fullyConnected: {units: 2560, activation: sigmoid}";
        Model model = model(8192, hidden, hidden, hidden, hidden, "fullyConnected: {units: 8192}");

        assertThat(model.parameters()).isBetween(41_000_000L, 43_000_000L);
        assertThat(model.trainingFlops() * 128).isBetween(31_000_000_000L, 33_000_000_000L);
    }

    @Test
    void theLastLayerNeedsAUnitForEachClass() {
        assertThatThrownBy(() -> model(80, "fullyConnected: {units: 512}", "fullyConnected: {units: 79}"))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining(
                        "job.yaml:6: model.layers.1: the last layer needs a unit for each of the data's 80"
                                + " classes, found 79 units");
        assertThat(model(80, "fullyConnected: {units: 8192}").output().units()).isEqualTo(8192);
    }

    @Test
    void unknownLossesAreRefused() {
        assertThatThrownBy(() -> Model.of(
                        TestJobs.job("softmax", List.of("fullyConnected: {units: 2}"), List.of())
                                .config()
                                .model(),
                        Shape.flat(3),
                        2))
                .hasMessageContaining("unknown loss 'softmax'");
    }
}
