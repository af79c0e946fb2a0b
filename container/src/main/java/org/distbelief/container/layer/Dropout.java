package org.distbelief.container.layer;

import com.google.auto.service.AutoService;
import java.util.List;
import org.distbelief.conf.SectionReader;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.paramserver.RangeSet;
import org.jspecify.annotations.Nullable;

/**
 * Dropout (Hinton et al. 2012): while training, each unit of each example is 0 with probability {@code rate}, and the
 * others are scaled up by 1 / (1 - rate), so that nothing is to be scaled when the model is used. What is dropped
 * follows from the step's key, the unit and the example alone, whatever region the unit is computed in. No parameters.
 *
 * @param input the layer below, and the shape of the output
 * @param rate from 0 to below 1
 */
public record Dropout(Shape input, float rate) implements Layer {
    @Override
    public Shape output() {
        return input;
    }

    @Override
    public Region needs(Region output) {
        if (!output.within(input)) {
            throw new IllegalArgumentException("expected a region of a layer of " + input + " units, found " + output);
        }
        return output;
    }

    @Override
    public List<LayerBlock> blocks() {
        return List.of();
    }

    @Override
    public RangeSet parameters(int block, Region output) {
        throw new IllegalArgumentException("dropout has no parameters");
    }

    @Override
    public long flops(Region output) {
        return output.units();
    }

    @Override
    public LayerPart part(Region output, Kernels kernels, int maxBatch) {
        return new Part(needs(output), kernels);
    }

    @Override
    public long partBytes(Region output, int maxBatch) {
        return 0;
    }

    /** The units of one region. */
    private final class Part implements LayerPart {
        private final Region region;
        private final Kernels kernels;

        Part(Region region, Kernels kernels) {
            this.region = region;
            this.kernels = kernels;
        }

        @Override
        public Region output() {
            return region;
        }

        @Override
        public Region input() {
            return region;
        }

        @Override
        public void forward(Pass pass, List<FloatMemory> parameters, FloatMemory in, FloatMemory out) {
            drop(pass, in, out);
        }

        /** Runs of units that follow each other in the whole layer, too: a row of places, or the maps of one. */
        private void drop(Pass pass, FloatMemory from, FloatMemory to) {
            if (!pass.training() || rate == 0) {
                to.write(0, from, 0, region.units() * pass.batch());
                return;
            }
            boolean allMaps = region.shape().channels() == input.channels();
            int width = allMaps ? 1 : region.shape().width();
            int run = region.units() / region.shape().height() / width;
            int at = 0;
            for (int y = region.top(); y < region.bottom(); y++) {
                for (int x = region.left(); x < region.left() + width; x++) {
                    int unit = (y * input.width() + x) * input.channels() + region.channel();
                    kernels.dropout(pass.key(), unit, run, pass.batch(), rate, at, from, to);
                    at += run * pass.batch();
                }
            }
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
                drop(pass, outGradient, inGradient);
            }
        }
    }

    /** In the job file: {@code dropout: {rate: 0.5}}. */
    @AutoService(LayerType.class)
    public static final class Type implements LayerType {
        private static final double MOST = 0.999;

        @Override
        public String name() {
            return "dropout";
        }

        @Override
        public Layer read(SectionReader settings, Shape input, int classes) {
            return new Dropout(input, (float) settings.number("rate", 0.5, 0, MOST));
        }
    }
}
