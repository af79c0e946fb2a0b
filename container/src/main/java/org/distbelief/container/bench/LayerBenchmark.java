package org.distbelief.container.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.distbelief.container.kernel.Activation;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.layer.Layer;
import org.distbelief.container.layer.LayerBlock;
import org.distbelief.container.layer.LayerPart;
import org.distbelief.container.layer.LayerType;
import org.distbelief.container.layer.Pass;
import org.distbelief.container.layer.Shape;
import org.distbelief.container.model.Model;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.replica.ReplicaParameters;

/**
 * Measures the inner loop: the matrix products of the paper's acoustic net, every kind of layer forward and backward,
 * activations and losses, and whole training steps. Every line is a median, and stands beside what the machine can do
 * at most in the same run. For one thread.
 */
public final class LayerBenchmark {
    private static final int ACOUSTIC_CLASSES = BenchmarkNet.ACOUSTIC_CLASSES;
    private static final int[] BATCHES = {128, 256};
    private static final String SIGMOID = "fullyConnected: {units: 2560, activation: sigmoid}";
    private static final Shape CIFAR = new Shape(32, 32, 3);
    private static final Shape MAPS = new Shape(46, 46, 8);

    private final Kernels kernels;
    private final double seconds;
    private final Consumer<Measurement> sink;
    private final Machine machine;

    /**
     * Measures the machine.
     *
     * @param kernels what is measured; stays the caller's
     * @param seconds how long each line is run
     * @param sink gets each line as soon as it is measured
     */
    public LayerBenchmark(Kernels kernels, double seconds, Consumer<Measurement> sink) {
        this.kernels = kernels;
        this.seconds = seconds;
        this.sink = sink;
        this.machine = Machine.measure(kernels, seconds);
    }

    /** What the machine can do at most. */
    public Machine machine() {
        return machine;
    }

    /** Measures everything. */
    public void run() {
        for (int batch : BATCHES) {
            products(batch, 2560, 440);
            products(batch, 2560, 2560);
            products(batch, ACOUSTIC_CLASSES, 2560);
        }
        layers();
        for (int batch : BATCHES) {
            elementwise(batch);
        }
        for (int batch : BATCHES) {
            step(BenchmarkNet.acoustic(batch));
        }
        step(BenchmarkNet.images32());
        step(BenchmarkNet.images32Contrast());
    }

    private void products(int batch, int units, int inputs) {
        FloatMemory weights = Machine.random(units * inputs);
        FloatMemory in = Machine.random(inputs * batch);
        FloatMemory out = Machine.random(units * batch);
        double flops = 2.0 * units * inputs * batch;
        String shape = units + " x " + inputs;
        arithmetic(
                "product",
                shape + " forward",
                batch,
                flops,
                () -> {},
                () -> kernels.multiply(
                        false, false, units, batch, inputs, 1, weights, inputs, in, batch, 0, out, batch));
        arithmetic(
                "product",
                shape + " input gradient",
                batch,
                flops,
                () -> {},
                () -> kernels.multiply(
                        true, false, inputs, batch, units, 1, weights, inputs, out, batch, 0, in, batch));
        arithmetic(
                "product",
                shape + " weight gradient",
                batch,
                flops,
                () -> {},
                () -> kernels.multiply(
                        false, true, units, inputs, batch, 1, out, batch, in, batch, 0, weights, inputs));
    }

    private void layers() {
        layer(SIGMOID, Shape.flat(2560), 128, true);
        for (int batch : new int[] {64, 128}) {
            layer("locallyConnected: {patch: 10, stride: 2, maps: 8}", new Shape(100, 100, 3), batch, true);
        }
        for (int batch : new int[] {100, 128}) {
            layer("locallyConnected: {patch: 6, stride: 2, maps: 16}", CIFAR, batch, true);
            layer("locallyConnected: {patch: 4, stride: 2, maps: 32}", new Shape(14, 14, 16), batch, true);
        }
        layer("convolution: {patch: 5, padding: 2, maps: 32}", new Shape(32, 32, 16), 128, true);
        for (String kind : List.of("max", "average", "l2")) {
            layer("pooling: {kind: " + kind + ", window: 2}", MAPS, 128, false);
        }
        layer("pooling: {kind: max, window: 3, stride: 2}", MAPS, 128, false);
        layer("localContrastNormalisation: {window: 5}", MAPS, 128, false);
        layer("localContrastNormalisation: {window: 9}", new Shape(46, 46, 32), 64, false);
        layer("dropout: {rate: 0.5}", MAPS, 128, false);
    }

    /** One layer: forward, the gradient by the inputs, the gradient by the parameters. */
    private void layer(String line, Shape input, int batch, boolean arithmetic) {
        Layer layer = LayerType.find(
                BenchmarkNet.model(List.of(line), "squaredError").layers().get(0), input, 10);
        LayerPart part = layer.part(layer.output().whole(), kernels, batch);
        Pass pass = new Pass();
        pass.set(batch, true, 1);
        List<FloatMemory> parameters = new ArrayList<>();
        List<FloatMemory> gradient = new ArrayList<>();
        for (LayerBlock block : layer.blocks()) {
            FloatMemory memory = FloatMemory.allocate(block.size());
            for (int i = 0; i < memory.size(); i++) {
                memory.put(i, block.initialisation().at(1, i));
            }
            parameters.add(memory);
            gradient.add(FloatMemory.allocate(block.size()));
        }
        int outputs = layer.output().units() * batch;
        FloatMemory in = Machine.random(input.units() * batch);
        FloatMemory out = FloatMemory.allocate(outputs);
        FloatMemory start = Machine.random(outputs);
        FloatMemory outGradient = FloatMemory.allocate(outputs);
        FloatMemory inGradient = FloatMemory.allocate(in.size());
        double inputBytes = (double) in.size() * Float.BYTES;
        double outputBytes = (double) outputs * Float.BYTES;
        double flops = (double) layer.flops(layer.output().whole()) * batch;
        String what = line.replaceAll("[{}]", "").replace(":", "") + " on " + input;
        Runnable refresh = () -> outGradient.write(0, start, 0, outputs);
        Runnable forward = () -> part.forward(pass, parameters, in, out);
        Runnable backward = () -> part.backward(pass, parameters, in, out, outGradient, inGradient);
        if (arithmetic) {
            arithmetic("layer", what + ", forward", batch, flops, () -> {}, forward);
            arithmetic("layer", what + ", input gradient", batch, flops, refresh, backward);
            arithmetic(
                    "layer",
                    what + ", weight gradient",
                    batch,
                    flops,
                    () -> {},
                    () -> part.parameterGradient(pass, in, outGradient, 1, false, gradient));
        } else {
            // Forward reads the inputs and writes the outputs; backward reads what it says and writes its inputs'
            // gradient.
            memory("layer", what + ", forward", batch, inputBytes + outputBytes, forward);
            double read = line.startsWith("dropout") || line.contains("average") ? 0 : inputBytes;
            memory("layer", what + ", backward", batch, read + outputBytes + inputBytes, backward);
        }
    }

    private void elementwise(int batch) {
        int rows = 2560;
        int count = rows * batch;
        FloatMemory bias = Machine.random(rows);
        FloatMemory start = Machine.random(count);
        FloatMemory values = FloatMemory.allocate(count);
        FloatMemory gradient = Machine.random(count);
        double bytes = 2.0 * count * Float.BYTES;
        for (Activation f : List.of(Activation.SIGMOID, Activation.TANH, Activation.RELU, Activation.SOFTPLUS)) {
            String name = f.name().toLowerCase(java.util.Locale.ROOT);
            Timing forward = Timing.of(
                    seconds,
                    () -> values.write(0, start, 0, count),
                    () -> kernels.activate(f, rows, batch, bias, values));
            sink.accept(Measurement.ofMemory(
                    "element", name + " of 2560 units with bias", batch, forward, bytes, machine.gigabytes()));
            Timing backward = Timing.of(
                    seconds,
                    () -> gradient.write(0, start, 0, count),
                    () -> kernels.activationGradient(f, count, values, gradient));
            sink.accept(Measurement.ofMemory(
                    "element", name + " gradient", batch, backward, 1.5 * bytes, machine.gigabytes()));
        }
        int classes = ACOUSTIC_CLASSES * batch;
        FloatMemory logits = Machine.random(classes);
        FloatMemory outputs = FloatMemory.allocate(classes);
        Runnable refresh = () -> outputs.write(0, logits, 0, classes);
        Timing softmax = Timing.of(seconds, refresh, () -> kernels.softmax(ACOUSTIC_CLASSES, batch, 1, outputs));
        sink.accept(Measurement.ofMemory(
                "element", "softmax of 8192", batch, softmax, 2.0 * classes * Float.BYTES, machine.gigabytes()));
        Timing logistic = Timing.of(seconds, refresh, () -> kernels.logistic(classes, 1, outputs));
        sink.accept(Measurement.ofMemory(
                "element",
                "one-vs-all logistic of 8192",
                batch,
                logistic,
                2.0 * classes * Float.BYTES,
                machine.gigabytes()));
    }

    /** A whole step: the gradient alone, with a step of the parameters after it, and with the step fused into it. */
    private void step(BenchmarkNet net) {
        Model model = net.model();
        String name = net.name();
        int batch = net.batch();
        StopwatchKernels watch = new StopwatchKernels(kernels);
        ModelReplica replica = ModelReplica.forTraining(model, watch.kernels(), batch, 1);
        replica.parameters().initialise(model, 1);
        ReplicaParameters gradient = replica.newGradient();
        MiniBatch examples = replica.newBatch();
        Random random = new Random(1);
        examples.fill(batch, (example, into) -> {
            for (int i = 0; i < into.length; i++) {
                into[i] = (float) random.nextGaussian();
            }
            return random.nextInt(net.classes());
        });
        float rate = 1e-3f;
        double flops = (double) model.trainingFlops() * batch;
        timedStep(
                name + ", gradient",
                batch,
                flops,
                watch,
                () -> replica.gradient(examples, gradient, false, layer -> {}));
        timedStep(
                name + ", gradient and step",
                batch,
                flops,
                watch,
                () -> replica.gradient(examples, gradient, false, layer -> {
                    List<FloatMemory> parameters = replica.parameters().layer(layer);
                    for (int block = 0; block < parameters.size(); block++) {
                        FloatMemory to = parameters.get(block);
                        kernels.axpy(to.size(), -rate, gradient.layer(layer).get(block), to);
                    }
                }));
        timedStep(name + ", descent", batch, flops, watch, () -> replica.descend(examples, rate));
    }

    private void timedStep(String what, int batch, double flops, StopwatchKernels watch, Runnable step) {
        long[] total = new long[2];
        Timing timing = Timing.of(3 * seconds, watch::takeProducts, () -> {
            long start = System.nanoTime();
            step.run();
            total[0] += System.nanoTime() - start;
            total[1] += watch.takeProducts();
        });
        sink.accept(Measurement.ofStep(what, batch, timing, flops, machine.gflops(), 1 - total[1] / (double) total[0]));
    }

    private void arithmetic(String section, String what, int batch, double flops, Runnable prepare, Runnable run) {
        sink.accept(Measurement.ofArithmetic(
                section, what, batch, Timing.of(seconds, prepare, run), flops, machine.gflops()));
    }

    private void memory(String section, String what, int batch, double bytes, Runnable run) {
        sink.accept(Measurement.ofMemory(
                section, what, batch, Timing.of(seconds, () -> {}, run), bytes, machine.gigabytes()));
    }
}
