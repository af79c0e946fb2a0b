package org.distbelief.container.downpour;

import com.google.auto.service.AutoService;
import java.util.List;
import org.distbelief.conf.SectionReader;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;

/**
 * The direction stays, the length is bounded: g = g * min(1, limit / |g|), where |g| is the L2 norm of the gradient of
 * one layer, or of all layers together.
 *
 * @param limit greatest norm, above 0
 * @param needsAllLayers whether all layers are bounded together
 */
public record NormClip(double limit, boolean needsAllLayers) implements GradientClip {
    @Override
    public boolean needsNorm() {
        return true;
    }

    @Override
    public void apply(Kernels kernels, List<FloatMemory> gradient, double norm) {
        if (norm > limit && Double.isFinite(norm)) {
            for (FloatMemory block : gradient) {
                kernels.scale(block.size(), (float) (limit / norm), block);
            }
        }
    }

    /** In the job file: {@code layerNorm: {limit: 1}}; each layer on its own. */
    @AutoService(GradientClipType.class)
    public static final class OfLayer implements GradientClipType {
        @Override
        public String name() {
            return "layerNorm";
        }

        @Override
        public GradientClip read(SectionReader settings) {
            return new NormClip(settings.number("limit", LEAST_LIMIT, MOST_LIMIT), false);
        }
    }

    /** In the job file: {@code norm: {limit: 1}}; all layers together. */
    @AutoService(GradientClipType.class)
    public static final class OfReplica implements GradientClipType {
        @Override
        public String name() {
            return "norm";
        }

        @Override
        public GradientClip read(SectionReader settings) {
            return new NormClip(settings.number("limit", LEAST_LIMIT, MOST_LIMIT), true);
        }
    }
}
