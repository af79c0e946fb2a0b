package org.distbelief.container.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.distbelief.conf.JobFileException;
import org.distbelief.container.TestJobs;
import org.distbelief.container.layer.Shape;
import org.distbelief.container.model.Model;

/** Small models of all layer types, mixed at random. */
final class RandomModels {
    static final int CLASSES = 3;

    private static final List<String> LOSSES = List.of("softmaxCrossEntropy", "oneVsAllLogistic", "squaredError");
    private static final List<String> ACTIVATIONS = List.of("sigmoid", "tanh", "softplus", "linear");

    private RandomModels() {}

    /** The model of a seed. */
    static Model of(long seed) {
        Random random = new Random(seed);
        while (true) {
            Shape input = new Shape(3 + random.nextInt(10), 3 + random.nextInt(10), 1 + random.nextInt(3));
            List<String> layers = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                layers.add(spatial(random));
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                layers.add(fullyConnected(random, 4 + random.nextInt(30)));
                if (random.nextInt(4) == 0) {
                    layers.add("dropout: {rate: 0.3}");
                }
            }
            if (layers.isEmpty() || random.nextInt(5) > 0) {
                layers.add(fullyConnected(random, CLASSES + random.nextInt(12)));
            }
            try {
                return Model.of(
                        TestJobs.job(LOSSES.get(random.nextInt(3)), layers, List.of())
                                .config()
                                .model(),
                        input,
                        CLASSES);
            } catch (JobFileException e) {
                // A window was larger than what is left of the picture: try another model.
                layers.clear();
            }
        }
    }

    private static String fullyConnected(Random random, int units) {
        return "fullyConnected: {units: " + units + ", activation: " + activation(random) + decay(random) + "}";
    }

    private static String activation(Random random) {
        return ACTIVATIONS.get(random.nextInt(ACTIVATIONS.size()));
    }

    private static String decay(Random random) {
        return random.nextInt(3) == 0 ? ", l2: 0.1" : "";
    }

    private static String spatial(Random random) {
        int window = 1 + random.nextInt(4);
        String grid = window + "x" + (1 + random.nextInt(4)) + ", stride: " + (1 + random.nextInt(3)) + "x"
                + (1 + random.nextInt(3));
        return switch (random.nextInt(5)) {
            case 0 ->
                "convolution: {patch: " + grid + padding(random) + ", maps: " + (1 + random.nextInt(5))
                        + ", activation: " + activation(random) + decay(random) + "}";
            case 1 ->
                "pooling: {kind: " + List.of("max", "average", "l2").get(random.nextInt(3)) + ", window: " + grid + "}";
            case 2 -> "localContrastNormalisation: {window: " + (1 + 2 * random.nextInt(2)) + ", floor: 0.3}";
            case 3 -> "dropout: {rate: 0.4}";
            default ->
                "locallyConnected: {patch: " + grid + padding(random) + ", maps: " + (1 + random.nextInt(5))
                        + ", activation: " + activation(random) + decay(random) + "}";
        };
    }

    private static String padding(Random random) {
        return random.nextInt(2) == 0 ? "" : ", padding: " + random.nextInt(2) + "x0";
    }
}
