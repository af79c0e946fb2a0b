package org.distbelief.paramserver.rule;

/**
 * What a rule does with one push, for native code that does the same to the last bit.
 *
 * @param form the native code
 * @param a first coefficient; what the coefficients are the native code says, those that it has not are 0
 * @param b second
 * @param c third
 * @param d fourth
 * @param e fifth
 * @param f sixth
 */
public record CompiledUpdate(Form form, float a, float b, float c, float d, float e, float f) {
    /** An update of a form with two coefficients at most. */
    public CompiledUpdate(Form form, float a, float b) {
        this(form, a, b, 0, 0, 0, 0);
    }

    /** The native updates there are. */
    public enum Form {
        /** w -= a g. */
        SGD(0, 0),
        /** v = b v + g, w -= a v. */
        MOMENTUM(1, 1),
        /** s += g g, w -= a g / (sqrt(s) + b). */
        ADAGRAD(2, 1),
        /** s = b s + c g g, w -= a g / (sqrt(s) + d). */
        RMS_PROP(3, 1),
        /** m = b m + c g, v = d v + e g g, w -= a m / (sqrt(v) + f). */
        ADAM(4, 2),
        /** w -= a (g + b g g (w - fetched)). */
        DELAY_COMPENSATED(5, 1),
        /** s = c s + d g g, w -= a (g + b / sqrt(s + e) g g (w - fetched)). */
        ADAPTIVE_DELAY_COMPENSATED(6, 2);

        private final int number;
        private final int vectors;

        Form(int number, int vectors) {
            this.number = number;
            this.vectors = vectors;
        }

        /** As native code knows it. */
        public int number() {
            return number;
        }

        /** Vectors of state, the parameters as they were fetched among them. */
        public int vectors() {
            return vectors;
        }
    }
}
