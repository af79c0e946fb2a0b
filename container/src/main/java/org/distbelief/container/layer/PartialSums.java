package org.distbelief.container.layer;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.jspecify.annotations.Nullable;

/**
 * The products of a fully connected layer, for each region of its input apart: row r of the output is W x, where x is
 * zero outside of region r. A region of the output is one whole row, and has the columns of W that belong to its
 * inputs.
 *
 * @param input units of the layer below
 * @param inputs disjoint regions that make up the input, one for each row
 * @param units units of the fully connected layer
 * @param weights W, units x inputs, row-major
 */
record PartialSums(Shape input, List<Region> inputs, int units, LayerBlock weights) implements Layer {
    PartialSums {
        inputs = List.copyOf(inputs);
    }

    @Override
    public Shape output() {
        return new Shape(inputs.size(), 1, units);
    }

    @Override
    public Region needs(Region output) {
        return inputs.get(row(output));
    }

    private int row(Region output) {
        if (!output.within(output()) || output.shape().height() != 1 || output.units() != units) {
            throw new IllegalArgumentException("expected a row of " + output() + " units, found " + output);
        }
        return output.top();
    }

    @Override
    public List<LayerBlock> blocks() {
        return List.of(weights);
    }

    @Override
    public RangeSet parameters(int block, Region output) {
        RangeSet columns = input.whole().places(needs(output));
        List<Range> ranges = new ArrayList<>();
        for (long unit = 0; unit < units; unit++) {
            for (Range range : columns) {
                ranges.add(new Range(unit * input.units() + range.start(), unit * input.units() + range.end()));
            }
        }
        return RangeSet.of(ranges);
    }

    @Override
    public long flops(Region output) {
        return 2L * units * needs(output).units();
    }

    @Override
    public LayerPart part(Region output, Kernels kernels, int maxBatch) {
        return new Part(output, needs(output), kernels);
    }

    @Override
    public long partBytes(Region output, int maxBatch) {
        return 0;
    }

    /** One row. */
    private final class Part implements LayerPart {
        private final Region output;
        private final Region region;
        private final Products products;

        Part(Region output, Region region, Kernels kernels) {
            this.output = output;
            this.region = region;
            this.products = new Products(kernels, units, region.units());
        }

        @Override
        public Region output() {
            return output;
        }

        @Override
        public Region input() {
            return region;
        }

        @Override
        public void forward(Pass pass, List<FloatMemory> parameters, FloatMemory in, FloatMemory out) {
            products.forward(pass.batch(), parameters.get(0), in, out);
        }

        @Override
        public void backward(
                Pass pass,
                List<FloatMemory> parameters,
                FloatMemory in,
                FloatMemory out,
                FloatMemory outGradient,
                @Nullable FloatMemory inGradient) {
            if (inGradient != null) {
                products.inputGradient(pass.batch(), parameters.get(0), outGradient, inGradient);
            }
        }

        @Override
        public void parameterGradient(
                Pass pass,
                FloatMemory in,
                FloatMemory outGradient,
                float scale,
                boolean add,
                List<FloatMemory> gradient) {
            products.weightGradient(pass.batch(), in, outGradient, scale, add, gradient.get(0));
        }
    }
}
