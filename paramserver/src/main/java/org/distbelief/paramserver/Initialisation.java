package org.distbelief.paramserver;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * How the parameters of a block get their first values. Counter-based: a parameter's value follows from the seed and
 * its flat index alone, so any range can be initialised anywhere, alike for every number of shards.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Initialisation.Constant.class, name = "constant"),
    @JsonSubTypes.Type(value = Initialisation.Uniform.class, name = "uniform"),
    @JsonSubTypes.Type(value = Initialisation.Normal.class, name = "normal")
})
public sealed interface Initialisation {
    /** The first value of the parameter at a flat index under a seed. */
    float at(long seed, long index);

    /** Every parameter starts at the same finite value. */
    record Constant(float value) implements Initialisation {
        public Constant {
            requireFinite("value", value);
        }

        @Override
        public float at(long seed, long index) {
            return value;
        }
    }

    /** Evenly distributed over [low, high]. */
    record Uniform(float low, float high) implements Initialisation {
        public Uniform {
            requireFinite("low", low);
            requireFinite("high", high);
            if (low > high) {
                throw new IllegalArgumentException("expected low <= high, found low " + low + " and high " + high);
            }
        }

        @Override
        public float at(long seed, long index) {
            return (float) (low + ((double) high - low) * Counter.unit(seed, index, 0));
        }
    }

    /** Normally distributed; the deviation is at least 0. */
    record Normal(float mean, float deviation) implements Initialisation {
        public Normal {
            requireFinite("mean", mean);
            requireFinite("deviation", deviation);
            if (deviation < 0) {
                throw new IllegalArgumentException("expected a deviation of at least 0, found " + deviation);
            }
        }

        @Override
        public float at(long seed, long index) {
            // Box-Muller; 1 - u is never 0.
            double radius = Math.sqrt(-2 * Math.log(1 - Counter.unit(seed, index, 0)));
            double angle = 2 * Math.PI * Counter.unit(seed, index, 1);
            return (float) (mean + deviation * radius * Math.cos(angle));
        }
    }

    private static void requireFinite(String name, float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException("expected a finite " + name + ", found " + value);
        }
    }
}
