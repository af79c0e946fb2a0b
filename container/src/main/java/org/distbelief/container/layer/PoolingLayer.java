package org.distbelief.container.layer;

import com.google.auto.service.AutoService;
import java.util.List;
import org.distbelief.conf.SectionReader;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.kernel.Pooling;
import org.distbelief.container.kernel.Windows;
import org.distbelief.paramserver.RangeSet;
import org.jspecify.annotations.Nullable;

/**
 * Pooling (paper, section 5): one number for each window and map, see {@link Pooling}. No parameters. Can be cut into
 * any regions.
 *
 * @param input the picture below
 * @param grid where the windows lie
 * @param kind what is made of a window
 */
public record PoolingLayer(Shape input, WindowGrid grid, Pooling kind) implements Layer {
    @Override
    public Shape output() {
        return grid.output(input, input.channels());
    }

    @Override
    public Region needs(Region output) {
        if (!output.within(output())) {
            throw new IllegalArgumentException(
                    "expected a region of a layer of " + output() + " units, found " + output);
        }
        return grid.needs(input, output, output.channel(), output.shape().channels());
    }

    @Override
    public List<Region> reads(Region output) {
        return grid.reads(input, output, output.channel(), output.shape().channels());
    }

    @Override
    public List<LayerBlock> blocks() {
        return List.of();
    }

    @Override
    public RangeSet parameters(int block, Region output) {
        throw new IllegalArgumentException("a pooling layer has no parameters");
    }

    @Override
    public long flops(Region output) {
        return (long) output.units() * grid.height() * grid.width();
    }

    @Override
    public LayerPart part(Region output, Kernels kernels, int maxBatch) {
        return new Part(output, kernels);
    }

    @Override
    public long partBytes(Region output, int maxBatch) {
        return 0;
    }

    /** The units of one region. */
    private final class Part implements LayerPart {
        private final Region output;
        private final Region input;
        private final Windows windows;
        private final Kernels kernels;

        Part(Region output, Kernels kernels) {
            this.output = output;
            this.input = needs(output);
            this.windows = grid.windows(input, output);
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
            kernels.pool(kind, windows, pass.batch(), in, out);
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
                kernels.poolGradient(kind, windows, pass.batch(), in, out, outGradient, inGradient);
            }
        }
    }

    /**
     * In the job file: {@code pooling: {kind: max, window: 2, stride: 2, padding: 0}}; the kind is {@code max},
     * {@code average} or {@code l2}, and the stride is the window's size unless given.
     */
    @AutoService(LayerType.class)
    public static final class Type implements LayerType {
        @Override
        public String name() {
            return "pooling";
        }

        @Override
        public Layer read(SectionReader settings, Shape input, int classes) {
            Pooling kind = settings.choice("kind", Pooling.MAX);
            return new PoolingLayer(input, WindowGrid.read(settings, input, "window", ""), kind);
        }
    }
}
