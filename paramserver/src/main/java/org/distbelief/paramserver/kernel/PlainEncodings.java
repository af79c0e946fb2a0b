package org.distbelief.paramserver.kernel;

import org.distbelief.conf.Encoding;

/** Floats in 16 bits: the specification. */
final class PlainEncodings {
    private static final int INFINITE = 0x7f80_0000;
    private static final int GREATEST_BFLOAT16 = 0x7f7f_0000;
    private static final float GREATEST_FLOAT16 = 65504;
    private static final short INFINITE_FLOAT16 = 0x7c00;
    private static final short NO_FLOAT16 = 0x7e00;

    /** Bits of the fraction that binary32 has and binary16 has not. */
    private static final int SHORTER = 13;

    /** The least normal binary16 number is 2 to this power. */
    private static final int LEAST_EXPONENT = -14;

    /** What the numbers below it are multiples of. */
    private static final float LEAST_FLOAT16 = 0x1p-24f;

    private PlainEncodings() {}

    static short encode(Encoding encoding, float value) {
        return switch (encoding) {
            case BFLOAT16 -> bfloat16(value);
            case FLOAT16 -> float16(value);
            case FLOAT32 -> throw new IllegalArgumentException("expected an encoding of 16 bits");
        };
    }

    static float decode(Encoding encoding, short code) {
        return switch (encoding) {
            case BFLOAT16 -> Float.intBitsToFloat(code << Short.SIZE);
            case FLOAT16 -> ofFloat16(code);
            case FLOAT32 -> throw new IllegalArgumentException("expected an encoding of 16 bits");
        };
    }

    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int size = bits & Integer.MAX_VALUE;
        int sign = bits & Integer.MIN_VALUE;
        if (size > INFINITE) {
            return (short) ((bits | 0x0040_0000) >>> Short.SIZE);
        }
        if (size == INFINITE) {
            return (short) (bits >>> Short.SIZE);
        }
        int rounded = size + 0x7fff + ((size >>> Short.SIZE) & 1);
        return (short) ((sign | (rounded >= INFINITE ? GREATEST_BFLOAT16 : rounded)) >>> Short.SIZE);
    }

    private static short float16(float value) {
        int sign = (Float.floatToRawIntBits(value) >>> Short.SIZE) & 0x8000;
        float size = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) (sign | NO_FLOAT16);
        }
        if (Float.isInfinite(value)) {
            return (short) (sign | INFINITE_FLOAT16);
        }
        if (Math.getExponent(size) < LEAST_EXPONENT) {
            return (short) (sign | (int) Math.rint(size / LEAST_FLOAT16));
        }
        int bits = Float.floatToRawIntBits(Math.min(size, GREATEST_FLOAT16));
        int rounded = bits + (1 << (SHORTER - 1)) - 1 + ((bits >>> SHORTER) & 1);
        // From the one exponent's bias to the other's: 127 - 15.
        return (short) (sign | ((rounded >>> SHORTER) - (112 << 10)));
    }

    private static float ofFloat16(short code) {
        int size = code & 0x7fff;
        float value;
        if (size < 1 << 10) {
            value = size * LEAST_FLOAT16;
        } else if (size < INFINITE_FLOAT16) {
            value = Float.intBitsToFloat((size << SHORTER) + (112 << 23));
        } else {
            value = Float.intBitsToFloat((size << SHORTER) | INFINITE);
        }
        return code < 0 ? -value : value;
    }
}
