package org.distbelief.container.kernel;

/** What a unit does with the weighted sum of its inputs. All derivatives follow from the unit's output alone. */
public enum Activation {
    /** f(x) = x. */
    LINEAR {
        @Override
        public float of(float x) {
            return x;
        }

        @Override
        public float derivative(float y) {
            return 1;
        }
    },
    /** f(x) = 1 / (1 + exp(-x)). */
    SIGMOID {
        @Override
        public float of(float x) {
            return (float) (1 / (1 + Math.exp(-x)));
        }

        @Override
        public float derivative(float y) {
            return y * (1 - y);
        }
    },
    /** The hyperbolic tangent. */
    TANH {
        @Override
        public float of(float x) {
            return (float) Math.tanh(x);
        }

        @Override
        public float derivative(float y) {
            return 1 - y * y;
        }
    },
    /** f(x) = max(0, x). */
    RELU {
        @Override
        public float of(float x) {
            return Math.max(0, x);
        }

        @Override
        public float derivative(float y) {
            return y > 0 ? 1 : 0;
        }
    },
    /** f(x) = log(1 + exp(x)), a smooth rectifier. */
    SOFTPLUS {
        @Override
        public float of(float x) {
            return (float) (Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
        }

        @Override
        public float derivative(float y) {
            return (float) -Math.expm1(-y);
        }
    };

    /** The unit's output for the weighted sum {@code x}. */
    public abstract float of(float x);

    /** The derivative where the unit's output is {@code y}. */
    public abstract float derivative(float y);
}
