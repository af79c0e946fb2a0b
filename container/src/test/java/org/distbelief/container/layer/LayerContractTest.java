package org.distbelief.container.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.distbelief.container.TestJobs;
import org.distbelief.container.kernel.FloatMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every layer type must hold; a new type needs a line of samples here and nothing else. */
class LayerContractTest {
    private static final int BATCH = 5;
    private static final long SEED = 20;

    /** Job file lines by type, chosen so that each covers another path of the code. */
    private static final Map<String, List<String>> SAMPLES = Map.of(
            "fullyConnected",
            List.of(
                    "fullyConnected: {units: 6, activation: sigmoid, initialisation: {glorot: {gain: 2}}}",
                    "fullyConnected: {units: 5, activation: tanh, initialisation: {normal: {deviation: 0.3}}}",
                    "fullyConnected: {units: 7, activation: relu}",
                    "fullyConnected: {units: classes, initialisation: {uniform: {scale: 0.5}}}",
                    "fullyConnected: {units: 4, activation: softplus}",
                    "fullyConnected: {units: 1}"),
            "locallyConnected",
            List.of(
                    "locallyConnected: {patch: 2x3, maps: 5, activation: sigmoid}",
                    "locallyConnected: {patch: 3, stride: 2, padding: 1, maps: 2, activation: softplus}",
                    "locallyConnected: {patch: 1, maps: 4}"),
            "convolution",
            List.of(
                    "convolution: {patch: 3, padding: 1, maps: 3, activation: tanh}",
                    "convolution: {patch: 2, stride: 1x2, maps: 6}"),
            "pooling",
            List.of(
                    "pooling: {kind: max, window: 2}",
                    "pooling: {kind: average, window: 3x2, stride: 1, padding: 1}",
                    "pooling: {kind: l2, window: 2x3, stride: 2}"),
            "localContrastNormalisation",
            List.of(
                    "localContrastNormalisation: {window: 3}",
                    "localContrastNormalisation: {window: 5, deviation: 3, floor: 0.5}"),
            "dropout",
            List.of("dropout: {rate: 0.4}", "dropout: {rate: 0}"));

    static Stream<Layer> layers() {
        List<Layer> layers = new ArrayList<>();
        for (LayerType type : LayerType.all()) {
            for (String sample : SAMPLES.getOrDefault(type.name(), List.of())) {
                for (Shape input : inputs(type)) {
                    layers.add(LayerType.find(
                            TestJobs.withLayers(sample)
                                    .config()
                                    .model()
                                    .layers()
                                    .get(0),
                            input,
                            4));
                }
            }
        }
        return layers.stream();
    }

    private static List<Shape> inputs(LayerType type) {
        Shape small = new Shape(3, 4, 2);
        return switch (type.name()) {
            case "fullyConnected", "dropout" -> List.of(Shape.flat(8), small);
            default -> List.of(small, new Shape(6, 5, 3));
        };
    }

    @Test
    void everyLayerTypeHasSamples() {
        assertThat(LayerType.all())
                .isNotEmpty()
                .allSatisfy(type -> assertThat(SAMPLES).containsKey(type.name()));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void shapesAndSizesFitTogether(Layer layer) {
        Region whole = layer.output().whole();

        assertThat(layer.needs(whole)).isEqualTo(layer.input().whole());
        assertThat(layer.flops(whole)).isPositive();
        assertThat(layer.part(whole, new org.distbelief.container.kernel.PlainKernels(), BATCH)
                        .output())
                .isEqualTo(whole);
        assertThat(layer.blocks()).extracting(LayerBlock::name).doesNotHaveDuplicates();
        for (int block = 0; block < layer.blocks().size(); block++) {
            assertThat(layer.parameters(block, whole).size())
                    .isEqualTo(layer.blocks().get(block).size());
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void gradientsAreThoseOfFiniteDifferences(Layer layer) {
        LayerHarness harness = LayerHarness.whole(layer, BATCH, SEED);
        FloatMemory weights = FloatMemory.allocate((long) layer.output().units() * BATCH);
        LayerHarness.fill(weights, new Random(SEED + 1));
        harness.forward();
        harness.backward(weights, false);

        List<FloatMemory> variables = new ArrayList<>(harness.parameters);
        List<FloatMemory> gradients = new ArrayList<>(harness.gradient);
        variables.add(harness.input);
        gradients.add(FloatMemory.of(harness.inputGradient.toArray()));
        for (int v = 0; v < variables.size(); v++) {
            float[] analytic = gradients.get(v).toArray();
            for (int i = 0; i < analytic.length; i++) {
                assertBetween(analytic[i], oneSided(harness, variables.get(v), i, weights), v, i);
            }
        }
    }

    /** The derivatives from below and from above: they differ where a unit has a kink just there. */
    private static double[] oneSided(LayerHarness harness, FloatMemory variable, int i, FloatMemory weights) {
        float step = 1e-3f;
        float at = variable.get(i);
        double here = weighted(harness.forward(), weights);
        variable.put(i, at + step);
        double above = weighted(harness.forward(), weights);
        variable.put(i, at - step);
        double below = weighted(harness.forward(), weights);
        variable.put(i, at);
        return new double[] {(here - below) / ((double) at - (at - step)), (above - here) / ((double) (at + step) - at)
        };
    }

    private static void assertBetween(double analytic, double[] numeric, int variable, int element) {
        double tolerance = 8e-3;
        assertThat(analytic)
                .as("variable %d, element %d", variable, element)
                .isBetween(Math.min(numeric[0], numeric[1]) - tolerance, Math.max(numeric[0], numeric[1]) + tolerance);
    }

    private static double weighted(FloatMemory output, FloatMemory weights) {
        double sum = 0;
        for (int i = 0; i < output.size(); i++) {
            sum += (double) output.get(i) * weights.get(i);
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void regionsComputedApartEqualTheWhole(Layer layer) {
        for (long seed = 0; seed < 5; seed++) {
            LayerHarness whole = LayerHarness.whole(layer, BATCH, seed);
            FloatMemory outputGradient =
                    FloatMemory.allocate((long) layer.output().units() * BATCH);
            LayerHarness.fill(outputGradient, new Random(seed));
            LayerHarness sum = new LayerHarness(layer, layer.output().whole(), BATCH);
            for (Region region : cut(layer, new Random(seed))) {
                LayerHarness piece = whole.cut(region);
                piece.forward();
                sum.copyRegion(sum.output, layer.output(), region, piece.output, true);
                FloatMemory pieceGradient = FloatMemory.allocate((long) region.units() * BATCH);
                whole.copyRegion(outputGradient, layer.output(), region, pieceGradient, false);
                piece.backward(pieceGradient, false);
                sum.copyRegion(sum.inputGradient, layer.input(), piece.part.input(), piece.inputGradient, true);
                sum.addGradient(piece);
            }
            whole.forward();
            whole.backward(outputGradient, false);

            assertClose(sum.output, whole.output, seed);
            assertClose(sum.inputGradient, whole.inputGradient, seed);
            for (int block = 0; block < whole.gradient.size(); block++) {
                assertClose(sum.gradient.get(block), whole.gradient.get(block), seed);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void whatIsBegunWithAPartOfTheInputIsCompletedWithTheRest(Layer layer) {
        for (long seed = 0; seed < 5; seed++) {
            Random random = new Random(seed);
            LayerHarness whole = LayerHarness.whole(layer, BATCH, seed);
            float[] expected = whole.forward().toArray();
            float[] input = whole.input.toArray();
            Region available = part(layer.input(), random);
            LayerHarness.fill(whole.output, random);
            whole.input.write(0, new float[input.length], 0, input.length);
            LayerHarness.fill(whole.input, random);
            FloatMemory known = FloatMemory.allocate((long) available.units() * BATCH);
            whole.copyRegion(FloatMemory.of(input), layer.input(), available, known, false);
            whole.clearRegion(whole.input, layer.input(), available);
            whole.copyRegion(whole.input, layer.input(), available, known, true);

            whole.part.begin(whole.pass, whole.parameters, whole.input, available, whole.output);
            whole.input.write(0, input, 0, input.length);
            whole.part.finish(whole.pass, whole.parameters, whole.input, available, whole.output);

            assertClose(whole.output, FloatMemory.of(expected), seed);
        }
    }

    private static Region part(Shape shape, Random random) {
        int[] rows = anyOf(spans(shape.height(), random), random);
        int[] columns = anyOf(spans(shape.width(), random), random);
        int[] channels = anyOf(spans(shape.channels(), random), random);
        return random.nextBoolean()
                ? new Region(rows[0], columns[0], channels[0], new Shape(rows[1], columns[1], channels[1]))
                : new Region(rows[0], columns[0], 0, new Shape(rows[1], columns[1], shape.channels()));
    }

    private static int[] anyOf(List<int[]> spans, Random random) {
        return spans.get(random.nextInt(spans.size()));
    }

    /** Cuts a shape at one random place on every axis that is long enough. */
    private static List<Region> cut(Layer layer, Random random) {
        Shape shape = layer.output();
        boolean allMaps = layer instanceof LocalContrastNormalisation;
        List<Region> regions = new ArrayList<>();
        for (int[] rows : spans(shape.height(), random)) {
            for (int[] columns : spans(shape.width(), random)) {
                for (int[] channels :
                        allMaps ? List.of(new int[] {0, shape.channels()}) : spans(shape.channels(), random)) {
                    regions.add(
                            new Region(rows[0], columns[0], channels[0], new Shape(rows[1], columns[1], channels[1])));
                }
            }
        }
        return regions;
    }

    private static List<int[]> spans(int length, Random random) {
        if (length == 1) {
            return List.of(new int[] {0, 1});
        }
        int at = 1 + random.nextInt(length - 1);
        return List.of(new int[] {0, at}, new int[] {at, length - at});
    }

    @ParameterizedTest
    @MethodSource("layers")
    void gradientsCanBeAccrued(Layer layer) {
        LayerHarness harness = LayerHarness.whole(layer, BATCH, SEED);
        FloatMemory outputGradient = FloatMemory.of(harness.forward().toArray());
        harness.backward(outputGradient, false);
        List<float[]> once = harness.gradient.stream().map(FloatMemory::toArray).toList();
        harness.backward(outputGradient, true);

        for (int block = 0; block < once.size(); block++) {
            float[] twice = harness.gradient.get(block).toArray();
            for (int i = 0; i < twice.length; i++) {
                assertThat(twice[i]).isCloseTo(2 * once.get(block)[i], within(1e-4f));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void theSameSeedGivesTheSameResult(Layer layer) {
        LayerHarness first = LayerHarness.whole(layer, BATCH, SEED);
        LayerHarness second = LayerHarness.whole(layer, BATCH, SEED);

        assertThat(first.forward().toArray()).isEqualTo(second.forward().toArray());
    }

    private static void assertClose(FloatMemory found, FloatMemory expected, long seed) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i)).as("seed %d, element %d", seed, i).isCloseTo(expected.get(i), within(1e-4f));
        }
    }
}
