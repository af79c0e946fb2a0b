package org.distbelief.container.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.distbelief.conf.JobFileException;
import org.distbelief.container.TestJobs;
import org.junit.jupiter.api.Test;

/** How windows lie over a picture, and what is refused. */
class WindowGridTest {
    private static final Shape PICTURE = new Shape(100, 100, 3);

    private static Layer layer(String line, Shape input) {
        return LayerType.find(
                TestJobs.withLayers(line).config().model().layers().get(0), input, 4);
    }

    @Test
    void asManyWindowsAsFit() {
        assertThat(layer("locallyConnected: {patch: 10, stride: 2, maps: 8}", PICTURE)
                        .output())
                .isEqualTo(new Shape(46, 46, 8));
        assertThat(layer("convolution: {patch: 3x5, stride: 1x2, padding: 1x2, maps: 6}", PICTURE)
                        .output())
                .isEqualTo(new Shape(100, 50, 6));
        assertThat(layer("pooling: {window: 3}", PICTURE).output()).isEqualTo(new Shape(33, 33, 3));
        assertThat(layer("pooling: {window: 3, stride: 2}", PICTURE).output()).isEqualTo(new Shape(49, 49, 3));
    }

    @Test
    void untiedWeightsAreThereForEveryPlace() {
        assertThat(layer("locallyConnected: {patch: 10, stride: 2, maps: 8}", PICTURE)
                        .blocks())
                .extracting(LayerBlock::size)
                .containsExactly(46L * 46 * 8 * 300, 46L * 46 * 8);
        assertThat(layer("convolution: {patch: 10, stride: 2, maps: 8}", PICTURE)
                        .blocks())
                .extracting(LayerBlock::size)
                .containsExactly(8L * 300, 8L);
    }

    @Test
    void aRegionNeedsThePixelsOfItsWindowsAndTheParametersOfItsUnits() {
        Layer layer = layer("locallyConnected: {patch: 4, stride: 2, padding: 1, maps: 2}", new Shape(8, 8, 3));
        Region region = new Region(1, 2, 0, new Shape(2, 1, 2));

        assertThat(layer.output()).isEqualTo(new Shape(4, 4, 2));
        assertThat(layer.needs(region)).isEqualTo(new Region(1, 3, 0, new Shape(6, 4, 3)));
        assertThat(layer.parameters(1, region).ranges())
                .extracting(range -> range.start() + "-" + range.end())
                .containsExactly("12-14", "20-22");
    }

    @Test
    void refusesWindowsThatCannotBe() {
        assertThatThrownBy(() -> layer("locallyConnected: {patch: 12, maps: 2}", new Shape(8, 9, 1)))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("job.yaml:5: model.layers.0.locallyConnected.patch: expected a window that fits"
                        + " into the layer's input of 8 x 9 pixels, found 12 x 12");
        assertThatThrownBy(() -> layer("pooling: {window: two}", PICTURE))
                .hasMessageContaining(
                        "pooling.window: expected a number of pixels from 1 to 100000, or two of them such"
                                + " as 3x8 (rows x columns), found 'two'");
        assertThatThrownBy(() -> layer("pooling: {window: 2, stride: 0}", PICTURE))
                .hasMessageContaining("pooling.stride: expected a number of pixels from 1");
        assertThatThrownBy(() -> layer("convolution: {patch: 3, padding: 3, maps: 1}", PICTURE))
                .hasMessageContaining("convolution.padding: expected less than the window of 3 x 3, found 3 x 3");
        assertThatThrownBy(() -> layer("convolution: {maps: 1}", PICTURE)).hasMessageContaining("missing key 'patch'");
        assertThatThrownBy(() -> layer("pooling: {kind: median, window: 2}", PICTURE))
                .hasMessageContaining("expected one of max, average, l2, found 'median'");
        assertThatThrownBy(() -> layer("localContrastNormalisation: {window: 4}", PICTURE))
                .hasMessageContaining("expected an odd number, so that a window has a middle, found 4");
        assertThatThrownBy(() -> layer("dropout: {rate: 1}", PICTURE))
                .hasMessageContaining("dropout.rate: expected a number from 0.0 to 0.999, found '1'");
    }

    @Test
    void contrastNeedsAllMaps() {
        Layer layer = layer("localContrastNormalisation: {window: 5}", new Shape(20, 20, 4));

        assertThat(layer.needs(new Region(8, 0, 0, new Shape(2, 10, 4))))
                .isEqualTo(new Region(4, 0, 0, new Shape(10, 14, 4)));
        assertThatThrownBy(() -> layer.needs(new Region(0, 0, 1, new Shape(20, 20, 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a region of all maps");
    }
}
