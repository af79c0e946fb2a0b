package org.distbelief.paramserver.rule;

/**
 * What a rule does with one push, for native code that does the same to the last bit.
 *
 * @param form the native code
 * @param a first coefficient; what the coefficients are the native code says, those that it has not are 0
 * @param b second
 * @param c third
 * @param d fourth
 */
public record CompiledUpdate(Form form, float a, float b, float c, float d) {
    /** An update of a form with two coefficients at most. */
    public CompiledUpdate(Form form, float a, float b) {
        this(form, a, b, 0, 0);
    }

    /** The native updates there are. */
    public enum Form {
        /** w -= a g. */
        SGD(0, 0),
        /** v = b v + g, w -= a v. */
        MOMENTUM(1, 1),
        /** s += g g, w -= a g / (sqrt(s) + b). */
        ADAGRAD(2, 1);

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

        /** Vectors of state. */
        public int vectors() {
            return vectors;
        }
    }
}
