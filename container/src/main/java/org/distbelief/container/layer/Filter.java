package org.distbelief.container.layer;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.container.kernel.Activation;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.kernel.Places;
import org.distbelief.container.kernel.Windows;
import org.distbelief.paramserver.Initialisation;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.jspecify.annotations.Nullable;

/**
 * Every unit is connected to a window of the layer below: y = f(w * window + b). With weights of its own at each place
 * it is <em>locally connected</em> (paper, section 5: the units of one place are "maps"); with {@code tied} weights,
 * the same at every place, a convolution. Parameters: {@code weights}, row-major {@code [place][map][window row][window
 * column][channel]}, then {@code biases}, {@code [place][map]}, which start at 0; tied ones have no place. Can be cut
 * into any regions.
 *
 * @param input the picture below
 * @param grid where the windows lie
 * @param maps units at each place
 * @param tied whether all places share their weights and biases
 * @param activation f
 * @param initialisation first values of the weights
 * @param decay penalty of the weights
 */
record Filter(
        Shape input,
        WindowGrid grid,
        int maps,
        boolean tied,
        Activation activation,
        Initialisation initialisation,
        WeightDecay decay)
        implements Layer {
    private static final int WEIGHTS = 0;
    private static final int BIASES = 1;

    @Override
    public Shape output() {
        return grid.output(input, maps);
    }

    @Override
    public Region needs(Region output) {
        check(output);
        return grid.needs(input, output, 0, input.channels());
    }

    @Override
    public List<Region> reads(Region output) {
        check(output);
        return grid.reads(input, output, 0, input.channels());
    }

    private long depth() {
        return (long) grid.height() * grid.width() * input.channels();
    }

    @Override
    public List<LayerBlock> blocks() {
        long sets = tied ? maps : output().units();
        return List.of(
                new LayerBlock("weights", sets * depth(), initialisation, decay),
                new LayerBlock("biases", sets, new Initialisation.Constant(0)));
    }

    @Override
    public RangeSet parameters(int block, Region output) {
        check(output);
        long each = block == WEIGHTS ? depth() : 1;
        if (tied) {
            return RangeSet.of(output.channel() * each, output.channelEnd() * each);
        }
        List<Range> ranges = new ArrayList<>();
        for (int y = output.top(); y < output.bottom(); y++) {
            for (int x = output.left(); x < output.right(); x++) {
                long unit = ((long) y * output().width() + x) * maps + output.channel();
                ranges.add(new Range(unit * each, (unit + output.shape().channels()) * each));
            }
        }
        return RangeSet.of(ranges);
    }

    @Override
    public long flops(Region output) {
        return 2L * output.units() * depth();
    }

    @Override
    public LayerPart part(Region output, Kernels kernels, int maxBatch) {
        check(output);
        return new Part(output, kernels);
    }

    @Override
    public long partBytes(Region output, int maxBatch) {
        return 0;
    }

    private void check(Region output) {
        if (!output.within(output())) {
            throw new IllegalArgumentException(
                    "expected a region of a layer of " + output() + " units, found " + output);
        }
    }

    /** The units of one region. */
    private final class Part implements LayerPart {
        private final Region output;
        private final Region input;
        private final Windows windows;
        private final Places all;
        private final Kernels kernels;

        Part(Region output, Kernels kernels) {
            this.output = output;
            this.input = needs(output);
            this.windows = grid.windows(input, output);
            this.all = Places.all(windows);
            this.kernels = kernels;
        }

        @Override
        public Region output() {
            return output;
        }

        @Override
        public Region input() {
            return input;
        }

        @Override
        public void forward(Pass pass, List<FloatMemory> parameters, FloatMemory in, FloatMemory out) {
            filter(all, pass, parameters, in, out);
        }

        @Override
        public void begin(Pass pass, List<FloatMemory> parameters, FloatMemory in, Region available, FloatMemory out) {
            filter(grid.inner(Filter.this.input, output, available), pass, parameters, in, out);
        }

        @Override
        public void finish(Pass pass, List<FloatMemory> parameters, FloatMemory in, Region available, FloatMemory out) {
            Places inner = grid.inner(Filter.this.input, output, available);
            int height = output.shape().height();
            int width = output.shape().width();
            filter(new Places(0, 0, inner.top(), width), pass, parameters, in, out);
            filter(new Places(inner.top(), 0, inner.bottom(), inner.left()), pass, parameters, in, out);
            filter(new Places(inner.top(), inner.right(), inner.bottom(), width), pass, parameters, in, out);
            filter(new Places(inner.bottom(), 0, height, width), pass, parameters, in, out);
        }

        private void filter(Places places, Pass pass, List<FloatMemory> parameters, FloatMemory in, FloatMemory out) {
            kernels.filter(
                    windows,
                    places,
                    output.shape().channels(),
                    tied,
                    activation,
                    pass.batch(),
                    parameters.get(WEIGHTS),
                    parameters.get(BIASES),
                    in,
                    out);
        }

        @Override
        public void backward(
                Pass pass,
                List<FloatMemory> parameters,
                FloatMemory in,
                FloatMemory out,
                FloatMemory outGradient,
                @Nullable FloatMemory inGradient) {
            kernels.activationGradient(activation, output.units() * pass.batch(), out, outGradient);
            if (inGradient != null) {
                kernels.filterInputGradient(
                        windows,
                        output.shape().channels(),
                        tied,
                        pass.batch(),
                        parameters.get(WEIGHTS),
                        outGradient,
                        inGradient);
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
            kernels.filterParameterGradient(
                    windows,
                    output.shape().channels(),
                    tied,
                    pass.batch(),
                    in,
                    outGradient,
                    scale,
                    add,
                    gradient.get(WEIGHTS),
                    gradient.get(BIASES));
        }
    }
}
