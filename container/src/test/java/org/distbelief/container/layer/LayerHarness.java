package org.distbelief.container.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.PlainKernels;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;

/** Runs one region of a layer on memory of its own, cut out of a whole layer's memory. */
final class LayerHarness {
    final Layer layer;
    final Region region;
    final int batch;
    final LayerPart part;
    final Pass pass = new Pass();
    final FloatMemory input;
    final FloatMemory output;
    final FloatMemory inputGradient;
    final List<FloatMemory> parameters = new ArrayList<>();
    final List<FloatMemory> gradient = new ArrayList<>();

    LayerHarness(Layer layer, Region region, int batch) {
        this.layer = layer;
        this.region = region;
        this.batch = batch;
        this.part = layer.part(region, new PlainKernels(), batch);
        this.pass.set(batch, true, 77);
        this.input = FloatMemory.allocate((long) layer.needs(region).units() * batch);
        this.output = FloatMemory.allocate((long) region.units() * batch);
        this.inputGradient = FloatMemory.allocate(input.size());
        for (int block = 0; block < layer.blocks().size(); block++) {
            parameters.add(FloatMemory.allocate(layer.parameters(block, region).size()));
            gradient.add(FloatMemory.allocate(layer.parameters(block, region).size()));
        }
    }

    /** The whole layer, with random input and the first values of its parameters, biases made random too. */
    static LayerHarness whole(Layer layer, int batch, long seed) {
        LayerHarness harness = new LayerHarness(layer, layer.output().whole(), batch);
        Random random = new Random(seed);
        fill(harness.input, random);
        for (int block = 0; block < harness.parameters.size(); block++) {
            FloatMemory memory = harness.parameters.get(block);
            LayerBlock about = layer.blocks().get(block);
            for (int i = 0; i < memory.size(); i++) {
                memory.put(i, about.initialisation().at(seed, i) + 0.1f * (float) random.nextGaussian());
            }
        }
        return harness;
    }

    /** A region of the same layer with the inputs and parameters that it needs. */
    LayerHarness cut(Region piece) {
        LayerHarness cut = new LayerHarness(layer, piece, batch);
        copyRegion(input, layer.input(), cut.part.input(), cut.input, false);
        for (int block = 0; block < parameters.size(); block++) {
            int to = 0;
            for (Range range : layer.parameters(block, piece)) {
                cut.parameters.get(block).write(to, parameters.get(block), (int) range.start(), (int) range.size());
                to += (int) range.size();
            }
        }
        return cut;
    }

    FloatMemory forward() {
        part.forward(pass, parameters, input, output);
        return output;
    }

    /** Backward from a gradient by the outputs, which is left unchanged. */
    void backward(FloatMemory outputGradient, boolean add) {
        FloatMemory copy = FloatMemory.of(outputGradient.toArray());
        part.backward(pass, parameters, input, output, copy, inputGradient);
        part.parameterGradient(pass, input, copy, 1, add, gradient);
    }

    /** Copies a region out of the memory of a whole shape, or adds it back into it. */
    void copyRegion(FloatMemory whole, Shape shape, Region piece, FloatMemory compact, boolean back) {
        int at = 0;
        for (int y = piece.top(); y < piece.bottom(); y++) {
            for (int x = piece.left(); x < piece.right(); x++) {
                int from = ((y * shape.width() + x) * shape.channels() + piece.channel()) * batch;
                for (int i = 0; i < piece.shape().channels() * batch; i++, at++) {
                    if (back) {
                        whole.put(from + i, whole.get(from + i) + compact.get(at));
                    } else {
                        compact.put(at, whole.get(from + i));
                    }
                }
            }
        }
    }

    /** Sets a region of the memory of a whole shape to 0. */
    void clearRegion(FloatMemory whole, Shape shape, Region piece) {
        for (Range range : shape.whole().places(piece)) {
            for (long i = range.start() * batch; i < range.end() * batch; i++) {
                whole.put((int) i, 0);
            }
        }
    }

    /** Adds the gradient of a region's parameters into that of the whole. */
    void addGradient(LayerHarness piece) {
        for (int block = 0; block < gradient.size(); block++) {
            RangeSet ranges = layer.parameters(block, piece.region);
            int from = 0;
            for (Range range : ranges) {
                for (int i = 0; i < range.size(); i++, from++) {
                    int at = (int) range.start() + i;
                    FloatMemory sum = gradient.get(block);
                    sum.put(at, sum.get(at) + piece.gradient.get(block).get(from));
                }
            }
        }
    }

    static void fill(FloatMemory memory, Random random) {
        for (int i = 0; i < memory.size(); i++) {
            memory.put(i, (float) random.nextGaussian());
        }
    }
}
