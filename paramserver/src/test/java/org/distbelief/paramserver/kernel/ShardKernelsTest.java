package org.distbelief.paramserver.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.distbelief.paramserver.rule.Adagrad;
import org.distbelief.paramserver.rule.Adam;
import org.distbelief.paramserver.rule.AdaptiveDelayCompensatedSgd;
import org.distbelief.paramserver.rule.CompiledUpdate;
import org.distbelief.paramserver.rule.DelayCompensatedSgd;
import org.distbelief.paramserver.rule.Momentum;
import org.distbelief.paramserver.rule.RmsProp;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.rule.UpdateContext;
import org.distbelief.paramserver.rule.UpdateRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The native code against the specification: the same to the last bit. */
class ShardKernelsTest {
    private static final int MOST = 5000;

    private final PlainShardKernels plain = new PlainShardKernels();
    private final ShardKernels best = ShardKernels.best();

    static Stream<UpdateRule> rules() {
        return Stream.of(
                new Sgd(0.3),
                new Momentum(0.1, 0.9),
                new Adagrad(0.2, 1e-8, 0.1),
                new RmsProp(0.01, 0.9, 1e-8),
                new Adam(0.01, 0.9, 0.999, 1e-8),
                new DelayCompensatedSgd(0.1, 0.5),
                new AdaptiveDelayCompensatedSgd(0.1, 2, 0.95, 1e-7));
    }

    @Test
    void everyNativeFormHasARule() {
        assertThat(rules().map(rule ->
                        rule.compiled(new UpdateContext(3, 1, 1)).orElseThrow().form()))
                .containsExactlyInAnyOrder(CompiledUpdate.Form.values());
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aRuleGivesTheSameBits(UpdateRule rule) {
        for (long seed = 1; seed <= 40; seed++) {
            Random random = new Random(seed);
            int offset = random.nextInt(70);
            int gradientOffset = random.nextInt(70);
            int length = seed == 1 ? MOST - 140 : random.nextInt(MOST - 140);
            ByteBuffer gradient = random(random, 1);
            ByteBuffer parameters = random(random, 1);
            List<ByteBuffer> state = new ArrayList<>();
            rule.state().forEach(vector -> state.add(random(random, 0)));
            boolean upToDate = random.nextBoolean();
            if (rule.comparesWithFetched()) {
                state.add(upToDate ? parameters : random(random, 1));
            }
            UpdateContext context = new UpdateContext(random.nextInt(1000), random.nextInt(30), random.nextDouble());

            ByteBuffer expected = copy(parameters);
            List<ByteBuffer> expectedState =
                    new ArrayList<>(state.stream().map(ShardKernelsTest::copy).toList());
            if (rule.comparesWithFetched() && upToDate) {
                expectedState.set(expectedState.size() - 1, expected);
            }
            plain.apply(rule, context, expected, expectedState, offset, gradient, gradientOffset, length);
            best.apply(rule, context, parameters, state, offset, gradient, gradientOffset, length);

            assertThat(parameters).as("seed %d, parameters", seed).isEqualTo(expected);
            assertThat(state).as("seed %d, state", seed).isEqualTo(expectedState);
        }
    }

    @Test
    void findsWhatIsNotFinite() {
        ByteBuffer floats = random(new Random(7), 1);
        for (ShardKernels kernels : List.of(plain, best)) {
            assertThat(kernels.finite(floats, 0, MOST)).isTrue();
            for (float poison : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                for (int at : new int[] {3, 4, 17, 2047, 2048, MOST - 2}) {
                    float before = floats.getFloat(at * Float.BYTES);
                    floats.putFloat(at * Float.BYTES, poison);
                    assertThat(kernels.finite(floats, 3, MOST - 4)).isFalse();
                    assertThat(kernels.finite(floats, at + 1, MOST - at - 1)).isTrue();
                    floats.putFloat(at * Float.BYTES, before);
                }
            }
            floats.putFloat(40, Float.MAX_VALUE);
            floats.putFloat(44, -Float.MIN_VALUE);
            assertThat(kernels.finite(floats, 0, MOST)).isTrue();
            assertThat(kernels.finite(floats, 0, 0)).isTrue();
        }
    }

    private static ByteBuffer random(Random random, double sign) {
        ByteBuffer floats = ByteBuffer.allocateDirect(MOST * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < MOST; i++) {
            double value = random.nextGaussian();
            floats.putFloat(i * Float.BYTES, (float) (sign == 0 ? Math.abs(value) : value));
        }
        return floats;
    }

    private static ByteBuffer copy(ByteBuffer from) {
        return ByteBuffer.allocateDirect(from.capacity())
                .put(from.duplicate())
                .clear()
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
