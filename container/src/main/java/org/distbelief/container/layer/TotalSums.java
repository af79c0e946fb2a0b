package org.distbelief.container.layer;

import java.util.List;
import org.distbelief.container.kernel.Activation;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.paramserver.RangeSet;
import org.jspecify.annotations.Nullable;

/**
 * Completes a fully connected layer whose products were made in several places: y = f(sum of the rows + b), see
 * {@link PartialSums}. Can be cut by units.
 *
 * @param rows number of places
 * @param units units of the fully connected layer
 * @param activation f
 * @param biases b
 */
record TotalSums(int rows, int units, Activation activation, LayerBlock biases) implements Layer {
    @Override
    public Shape input() {
        return new Shape(rows, 1, units);
    }

    @Override
    public Shape output() {
        return Shape.flat(units);
    }

    @Override
    public Region needs(Region output) {
        check(output);
        return new Region(0, 0, output.channel(), new Shape(rows, 1, output.units()));
    }

    @Override
    public List<LayerBlock> blocks() {
        return List.of(biases);
    }

    @Override
    public RangeSet parameters(int block, Region output) {
        check(output);
        return RangeSet.of(output.channel(), output.channelEnd());
    }

    private void check(Region output) {
        if (!output.within(output())) {
            throw new IllegalArgumentException("expected a region of " + units + " units, found " + output);
        }
    }

    @Override
    public long flops(Region output) {
        return (long) rows * output.units();
    }

    @Override
    public LayerPart part(Region output, Kernels kernels, int maxBatch) {
        return new Part(output, needs(output), kernels);
    }

    @Override
    public long partBytes(Region output, int maxBatch) {
        return 0;
    }

    /** The units of one region. */
    private final class Part implements LayerPart {
        private final Region output;
        private final Region region;
        private final Kernels kernels;

        Part(Region output, Region region, Kernels kernels) {
            this.output = output;
            this.region = region;
            this.kernels = kernels;
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
            int batch = pass.batch();
            int count = output.units() * batch;
            out.write(0, in, 0, count);
            for (int row = 1; row < rows; row++) {
                kernels.axpy(count, 1, in, row * count, out, 0);
            }
            kernels.activate(activation, output.units(), batch, parameters.get(0), out);
        }

        @Override
        public void backward(
                Pass pass,
                List<FloatMemory> parameters,
                FloatMemory in,
                FloatMemory out,
                FloatMemory outGradient,
                @Nullable FloatMemory inGradient) {
            int count = output.units() * pass.batch();
            kernels.activationGradient(activation, count, out, outGradient);
            for (int row = 0; inGradient != null && row < rows; row++) {
                inGradient.write(row * count, outGradient, 0, count);
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
            kernels.rowSums(output.units(), pass.batch(), scale, outGradient, add, gradient.get(0));
        }
    }
}
