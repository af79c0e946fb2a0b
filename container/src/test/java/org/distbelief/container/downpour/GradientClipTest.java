package org.distbelief.container.downpour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.distbelief.conf.JobFileException;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.kernel.PlainKernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every clipping must keep to, and what each one does. */
class GradientClipTest {
    private final Kernels kernels = new PlainKernels();

    static Stream<String> names() {
        return GradientClipType.all().stream().map(GradientClipType::name);
    }

    private static GradientClip clip(String section) {
        return GradientClipType.find(WorkerHarness.job(List.of("downpour.clip=" + section))
                .config()
                .downpour()
                .clip()
                .orElseThrow());
    }

    private static GradientClip clip(String name, double limit) {
        return clip("{" + name + ": {limit: " + limit + "}}");
    }

    @Test
    void theKindsOfTheJobFileAreFound() {
        assertThat(names()).containsExactlyInAnyOrder("value", "layerNorm", "norm");
        assertThat(clip("layerNorm", 2)).isEqualTo(new NormClip(2, false));
        assertThat(clip("norm", 2)).isEqualTo(new NormClip(2, true));
        assertThat(clip("value", 2)).isEqualTo(new ValueClip(2));
        assertThat(new ValueClip(2).needsAllLayers()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatIsWithinTheLimitStaysAsItIs(String name) {
        FloatMemory weights = FloatMemory.of(1, -2, 0);
        FloatMemory biases = FloatMemory.of(2);

        assertThat(clip(name, 3).apply(kernels, List.of(weights, biases))).isEqualTo(3);
        assertThat(weights.toArray()).containsExactly(1, -2, 0);
        assertThat(biases.toArray()).containsExactly(2);
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatIsNoFiniteNumberIsSaidAndLeft(String name) {
        for (float poison : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            FloatMemory weights = FloatMemory.of(5, 6);
            FloatMemory biases = FloatMemory.of(poison, 7);

            double norm = clip(name, 1).apply(kernels, List.of(weights, biases));

            assertThat(Double.isFinite(norm)).isFalse();
            assertThat(weights.toArray()).containsExactly(5, 6);
            assertThat(biases.toArray()).containsExactly(poison, 7);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void hugeNumbersAreBounded(String name) {
        FloatMemory gradient = FloatMemory.of(Float.MAX_VALUE, -Float.MAX_VALUE);

        assertThat(clip(name, 1).apply(kernels, List.of(gradient))).isFinite();
        assertThat(gradient.get(0)).isBetween(0f, 1f);
        assertThat(gradient.get(1)).isBetween(-1f, 0f);
    }

    @Test
    void valueBoundsEachElement() {
        FloatMemory weights = FloatMemory.of(3, -0.5f, -4);
        FloatMemory biases = FloatMemory.of(1.5f);

        clip("value", 1).apply(kernels, List.of(weights, biases));

        assertThat(weights.toArray()).containsExactly(1, -0.5f, -1);
        assertThat(biases.toArray()).containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"layerNorm", "norm"})
    void aNormBoundsTheLengthOfAllBlocksTogetherAndKeepsTheDirection(String name) {
        FloatMemory weights = FloatMemory.of(6, 0);
        FloatMemory biases = FloatMemory.of(-8);

        assertThat(clip(name, 5).apply(kernels, List.of(weights, biases))).isEqualTo(10);
        assertThat(weights.get(0)).isCloseTo(3, within(1e-6f));
        assertThat(weights.get(1)).isZero();
        assertThat(biases.get(0)).isCloseTo(-4, within(1e-6f));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {norm: {limit: 0}}         | downpour.clip.norm.limit: expected a number from 1.0E-9 to 1.0E9, found '0'
                    {value: {limit: -1}}       | downpour.clip.value.limit: expected a number from 1.0E-9
                    {layerNorm: {limit: .inf}} | downpour.clip.layerNorm.limit: expected a number from 1.0E-9
                    norm                       | missing key 'limit' in section 'downpour.clip.norm'
                    {norm: {limt: 1}}          | unknown key 'limt' in section 'downpour.clip.norm'; did you mean 'limit'?
                    {nrom: {limit: 1}}         | unknown gradient clipping 'nrom'; did you mean 'norm'?
                    """)
    void wrongSettingsAreRefused(String section, String message) {
        assertThatThrownBy(() -> clip(section))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining(message);
    }
}
