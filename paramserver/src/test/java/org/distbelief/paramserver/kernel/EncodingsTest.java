package org.distbelief.paramserver.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.distbelief.conf.Encoding;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EncodingsTest {
    private static final int ALL = 1 << Short.SIZE;

    private final PlainShardKernels plain = new PlainShardKernels();
    private final ShardKernels best = ShardKernels.best();

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void everyCodeSurvivesAndNativeCodeAgrees(Encoding encoding) {
        ByteBuffer codes = buffer(ALL * Short.BYTES);
        for (int i = 0; i < ALL; i++) {
            codes.putShort(i * Short.BYTES, (short) i);
        }
        ByteBuffer floats = buffer(ALL * Float.BYTES);
        ByteBuffer others = buffer(ALL * Float.BYTES);
        plain.decode(encoding, codes, 0, floats, 0, ALL);
        best.decode(encoding, codes, 0, others, 0, ALL);
        ByteBuffer again = encoded(plain, encoding, floats, null, ALL);
        for (int i = 0; i < ALL; i++) {
            float value = floats.getFloat(i * Float.BYTES);
            assertThat(Float.floatToIntBits(others.getFloat(i * Float.BYTES)))
                    .as("code %x", i)
                    .isEqualTo(Float.floatToIntBits(value));
            if (!Float.isNaN(value)) {
                assertThat(again.getShort(i * Short.BYTES))
                        .as("code %x, %s", i, value)
                        .isEqualTo((short) i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void roundsToTheNearestAndNativeCodeAgreesToTheLastBit(Encoding encoding) {
        int count = 200_000;
        for (long seed = 1; seed <= 5; seed++) {
            Random random = new Random(seed);
            ByteBuffer floats = buffer(count * Float.BYTES);
            for (int i = 0; i < count; i++) {
                boolean any = i % 2 == 0;
                floats.putInt(i * Float.BYTES, any ? random.nextInt() : middle(random));
            }
            ByteBuffer found = encoded(best, encoding, floats, null, count);
            assertThat(found).as("seed %d", seed).isEqualTo(encoded(plain, encoding, floats, null, count));
            for (int i = 0; i < count; i++) {
                float value = floats.getFloat(i * Float.BYTES);
                if (Float.isFinite(value)) {
                    assertNearest(encoding, value, found.getShort(i * Short.BYTES));
                }
            }
        }
    }

    /** Of the sizes that both encodings have, exactly half-way between two codes as a rule. */
    private static int middle(Random random) {
        int exponent = 100 + random.nextInt(45);
        return (random.nextInt(2) << 31) | (exponent << 23) | (random.nextInt(1 << 11) << 12);
    }

    private static void assertNearest(Encoding encoding, float value, short code) {
        if (encoding == Encoding.FLOAT16 && Math.abs(value) > 65504) {
            assertThat(PlainEncodings.decode(encoding, code)).isEqualTo(Math.copySign(65504, value));
            return;
        }
        double error = Math.abs(PlainEncodings.decode(encoding, code) - (double) value);
        for (int step : new int[] {-1, 1}) {
            short other = (short) (code + step);
            float neighbour = PlainEncodings.decode(encoding, other);
            if (Float.isFinite(neighbour) && Math.signum(neighbour) == Math.signum(value)) {
                double distance = Math.abs(neighbour - (double) value);
                boolean even = (code & 1) == 0;
                assertThat(error < distance || (error == distance && even))
                        .as("%s as %x", value, code)
                        .isTrue();
            }
        }
    }

    @Test
    void extremes() {
        float[] values = {
            0, -0f, 65504, 65519, 65520, 1e30f, Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, 0x1p-24f, 0x1.8p-25f
        };
        float[] halves = {0, -0f, 65504, 65504, 65504, 65504, 65504, -65504, 0, 0x1p-24f, 0x1p-24f};
        for (int i = 0; i < values.length; i++) {
            short code = PlainEncodings.encode(Encoding.FLOAT16, values[i]);
            assertThat(PlainEncodings.decode(Encoding.FLOAT16, code)).isEqualTo(halves[i]);
        }
        for (Encoding encoding : new Encoding[] {Encoding.BFLOAT16, Encoding.FLOAT16}) {
            assertThat(PlainEncodings.decode(encoding, PlainEncodings.encode(encoding, Float.NaN)))
                    .isNaN();
            assertThat(PlainEncodings.decode(encoding, PlainEncodings.encode(encoding, Float.NEGATIVE_INFINITY)))
                    .isEqualTo(Float.NEGATIVE_INFINITY);
            assertThat(PlainEncodings.decode(encoding, PlainEncodings.encode(encoding, Float.MAX_VALUE)))
                    .isFinite();
        }
    }

    /** What is lost in one push comes with the next ones: the sums agree, however small the summands. */
    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void errorFeedbackLosesNothingInTheLongRun(Encoding encoding) {
        int count = 1000;
        int pushes = 300;
        Random random = new Random(9);
        ByteBuffer floats = buffer(count * Float.BYTES);
        ByteBuffer rest = buffer(count * Float.BYTES);
        ByteBuffer bestRest = buffer(count * Float.BYTES);
        double[] given = new double[count];
        double[] arrived = new double[count];
        for (int push = 0; push < pushes; push++) {
            for (int i = 0; i < count; i++) {
                float value = (float) (1 + 1e-3 * random.nextGaussian());
                floats.putFloat(i * Float.BYTES, value);
                given[i] += value;
            }
            ByteBuffer codes = encoded(plain, encoding, floats, rest, count);
            assertThat(encoded(best, encoding, floats, bestRest, count)).isEqualTo(codes);
            for (int i = 0; i < count; i++) {
                arrived[i] += PlainEncodings.decode(encoding, codes.getShort(i * Short.BYTES));
            }
        }
        assertThat(bestRest).isEqualTo(rest);
        for (int i = 0; i < count; i++) {
            assertThat(arrived[i]).isCloseTo(given[i], within(0.01));
        }
    }

    private static ByteBuffer encoded(
            ShardKernels kernels, Encoding encoding, ByteBuffer floats, @Nullable ByteBuffer rest, int count) {
        ByteBuffer codes = buffer(count * Short.BYTES);
        kernels.encode(encoding, floats, 0, rest, 0, codes, 0, count);
        return codes;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
