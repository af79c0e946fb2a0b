package org.distbelief.container.downpour;

import com.google.auto.service.AutoService;
import java.util.List;
import org.distbelief.conf.SectionReader;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;

/**
 * Every element g on its own: g = max(-limit, min(limit, g)).
 *
 * @param limit above 0
 */
public record ValueClip(double limit) implements GradientClip {
    @Override
    public boolean needsAllLayers() {
        return false;
    }

    @Override
    public boolean needsNorm() {
        return false;
    }

    @Override
    public void apply(Kernels kernels, List<FloatMemory> gradient, double norm) {
        // No element is larger than the norm. An infinite one would be hidden by clipping it.
        if (norm > limit && Double.isFinite(norm)) {
            for (FloatMemory block : gradient) {
                kernels.clamp(block.size(), (float) limit, block);
            }
        }
    }

    /** In the job file: {@code value: {limit: 1}}. */
    @AutoService(GradientClipType.class)
    public static final class Type implements GradientClipType {
        @Override
        public String name() {
            return "value";
        }

        @Override
        public GradientClip read(SectionReader settings) {
            return new ValueClip(settings.number("limit", LEAST_LIMIT, MOST_LIMIT));
        }
    }
}
