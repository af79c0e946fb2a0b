package org.distbelief.container.layer;

import com.google.auto.service.AutoService;
import java.util.List;
import org.distbelief.conf.SectionReader;
import org.distbelief.container.kernel.Contrast;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.paramserver.RangeSet;
import org.jspecify.annotations.Nullable;

/**
 * Local contrast normalisation (paper, section 5), subtractive and divisive, over all maps and a window around each
 * place: v = x - mean(x), y = v / max(floor, sqrt(mean(v²))), see {@link Contrast}. No parameters. Can be cut by space;
 * every place needs all maps.
 *
 * @param input the picture below, and the shape of the output
 * @param window side of the window, odd
 * @param deviation of the bell curve that weights the window, in pixels
 * @param floor least divisor
 */
public record LocalContrastNormalisation(Shape input, int window, double deviation, float floor) implements Layer {
    @Override
    public Shape output() {
        return input;
    }

    @Override
    public Region needs(Region output) {
        Contrast contrast = contrast(output);
        return new Region(
                contrast.inputTop(),
                contrast.inputLeft(),
                0,
                new Shape(contrast.inputHeight(), contrast.inputWidth(), input.channels()));
    }

    @Override
    public boolean divisibleMaps() {
        return false;
    }

    private Contrast contrast(Region output) {
        if (!output.within(input) || output.shape().channels() != input.channels()) {
            throw new IllegalArgumentException(
                    "expected a region of all maps of a layer of " + input + " units, found " + output);
        }
        return new Contrast(
                input.height(),
                input.width(),
                input.channels(),
                output.top(),
                output.left(),
                output.shape().height(),
                output.shape().width(),
                window,
                deviation,
                floor);
    }

    @Override
    public List<LayerBlock> blocks() {
        return List.of();
    }

    @Override
    public RangeSet parameters(int block, Region output) {
        throw new IllegalArgumentException("local contrast normalisation has no parameters");
    }

    /** Means along rows and columns, two of them, and ten operations for each unit. */
    @Override
    public long flops(Region output) {
        long places = (long) output.shape().height() * output.shape().width();
        return 10L * output.units() + 8L * window * places;
    }

    @Override
    public LayerPart part(Region output, Kernels kernels, int maxBatch) {
        return new Part(output, kernels, maxBatch);
    }

    @Override
    public long partBytes(Region output, int maxBatch) {
        return FloatMemory.bytesFor((long) contrast(output).workUnits() * maxBatch);
    }

    /** The units of one region. */
    private final class Part implements LayerPart {
        private final Region output;
        private final Region input;
        private final Contrast contrast;
        private final Kernels kernels;
        private final FloatMemory work;

        Part(Region output, Kernels kernels, int maxBatch) {
            this.output = output;
            this.input = needs(output);
            this.contrast = contrast(output);
            this.kernels = kernels;
            this.work = FloatMemory.allocate((long) contrast.workUnits() * maxBatch);
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
            kernels.contrast(contrast, pass.batch(), in, work, out);
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
                kernels.contrastGradient(contrast, pass.batch(), in, work, outGradient, inGradient);
            }
        }
    }

    /**
     * In the job file: {@code localContrastNormalisation: {window: 9, deviation: 2, floor: 0.01}}; the deviation is a
     * quarter of the window unless given.
     */
    @AutoService(LayerType.class)
    public static final class Type implements LayerType {
        private static final int MOST = 1001;

        @Override
        public String name() {
            return "localContrastNormalisation";
        }

        @Override
        public Layer read(SectionReader settings, Shape input, int classes) {
            int window = settings.integer("window", 9, 1, MOST);
            if (window % 2 == 0) {
                settings.refuse("window", "expected an odd number, so that a window has a middle, found " + window);
                window++;
            }
            double deviation = settings.number("deviation", window / 4.0, 1e-3, MOST);
            return new LocalContrastNormalisation(
                    input, window, deviation, (float) settings.number("floor", 0.01, 1e-6, 1e6));
        }
    }
}
