package org.distbelief.container.bench;

import java.util.List;
import org.distbelief.conf.JobFile;
import org.distbelief.conf.ModelConfig;
import org.distbelief.container.layer.Shape;
import org.distbelief.container.model.Model;

/**
 * A net that is measured.
 *
 * @param name for people
 * @param config layers and loss
 * @param input units of an example
 * @param classes number of classes
 * @param batch examples of a mini-batch
 */
record BenchmarkNet(String name, ModelConfig config, Shape input, int classes, int batch) {
    private static final String SIGMOID = "fullyConnected: {units: 2560, activation: sigmoid}";
    static final int ACOUSTIC_CLASSES = 8192;

    /** The paper's acoustic net (section 5), 42 million parameters. */
    static BenchmarkNet acoustic(int batch) {
        return new BenchmarkNet(
                "acoustic net",
                model(
                        List.of(SIGMOID, SIGMOID, SIGMOID, SIGMOID, "fullyConnected: {units: classes}"),
                        "softmaxCrossEntropy"),
                new Shape(11, 40, 1),
                ACOUSTIC_CLASSES,
                batch);
    }

    /** A small net for pictures of 32x32 pixels. */
    static BenchmarkNet images32() {
        return new BenchmarkNet(
                "images-32",
                model(
                        List.of(
                                "locallyConnected: {patch: 6, stride: 2, maps: 16, activation: relu}",
                                "locallyConnected: {patch: 4, stride: 2, maps: 32, activation: relu}",
                                "fullyConnected: {units: classes}"),
                        "oneVsAllLogistic"),
                new Shape(32, 32, 3),
                10,
                100);
    }

    /** One with pooling and local contrast normalisation. */
    static BenchmarkNet images32Contrast() {
        return new BenchmarkNet(
                "images-32-contrast",
                model(
                        List.of(
                                "locallyConnected: {patch: 6, padding: 2, maps: 16, activation: relu}",
                                "pooling: {kind: max, window: 3, stride: 2}",
                                "localContrastNormalisation: {window: 5, floor: 0.1}",
                                "locallyConnected: {patch: 4, maps: 32, activation: relu}",
                                "pooling: {kind: max, window: 2}",
                                "localContrastNormalisation: {window: 3, floor: 0.1}",
                                "fullyConnected: {units: classes}"),
                        "oneVsAllLogistic"),
                new Shape(32, 32, 3),
                10,
                100);
    }

    /**
     * The paper's image net (section 5): three stages of untied filters of 10x10 pixels, pooling and contrast.
     *
     * @param side pixels of the picture, from 100
     * @param maps at each place
     */
    static BenchmarkNet images(int side, int maps) {
        String filter = "locallyConnected: {patch: 10, maps: " + maps + ", activation: relu";
        return new BenchmarkNet(
                "image net, " + side + "x" + side + ", " + maps + " maps",
                model(
                        List.of(
                                filter + ", stride: 2}",
                                "pooling: {kind: l2, window: 2}",
                                "localContrastNormalisation: {window: 5}",
                                filter + "}",
                                "pooling: {kind: l2, window: 2, stride: 1}",
                                "localContrastNormalisation: {window: 5}",
                                filter + "}",
                                "pooling: {kind: l2, window: 2, stride: 1}",
                                "localContrastNormalisation: {window: 3}",
                                "fullyConnected: {units: classes}"),
                        "oneVsAllLogistic"),
                new Shape(side, side, 3),
                100,
                32);
    }

    /** The nets that are measured in partitions, by the names that processes tell each other. */
    static List<BenchmarkNet> partitioned() {
        return List.of(acoustic(128), images(100, 8), images(100, 36), images(200, 36));
    }

    Model model() {
        return Model.of(config, input, classes);
    }

    static ModelConfig model(List<String> layers, String loss) {
        StringBuilder yaml = new StringBuilder("output: none\ndata: {path: none}\nmodel:\n  layers:\n");
        layers.forEach(layer -> yaml.append("    - ").append(layer).append('\n'));
        yaml.append("  loss: ").append(loss).append('\n');
        return JobFile.read("benchmark", yaml.toString(), List.of()).config().model();
    }
}
