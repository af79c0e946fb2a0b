package org.distbelief.paramserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class InitialisationTest {
    private static final int COUNT = 200_000;

    @Test
    void uniformValuesFillTheirInterval() {
        Initialisation uniform = new Initialisation.Uniform(-2, 4);
        double[] values = values(uniform, 5);
        assertThat(Arrays.stream(values).allMatch(v -> v >= -2 && v <= 4)).isTrue();
        assertThat(mean(values)).isCloseTo(1, within(0.02));
        assertThat(variance(values)).isCloseTo(36 / 12.0, within(0.03));
    }

    @Test
    void normalValuesHaveTheirMeanAndDeviation() {
        double[] values = values(new Initialisation.Normal(1, 0.5f), 6);
        assertThat(Arrays.stream(values).allMatch(Double::isFinite)).isTrue();
        assertThat(mean(values)).isCloseTo(1, within(0.01));
        assertThat(variance(values)).isCloseTo(0.25, within(0.01));
    }

    @Test
    void neighboursAndSeedsAreUncorrelated() {
        Initialisation normal = new Initialisation.Normal(0, 1);
        double neighbours = LongStream.range(0, COUNT)
                        .mapToDouble(i -> normal.at(3, i) * normal.at(3, i + 1))
                        .sum()
                / COUNT;
        double seeds = LongStream.range(0, COUNT)
                        .mapToDouble(i -> normal.at(3, i) * normal.at(4, i))
                        .sum()
                / COUNT;
        assertThat(neighbours).isCloseTo(0, within(0.01));
        assertThat(seeds).isCloseTo(0, within(0.01));
    }

    @Test
    void aValueFollowsFromSeedAndIndexAlone() {
        Initialisation uniform = new Initialisation.Uniform(0, 1);
        assertThat(uniform.at(9, 1L << 40)).isEqualTo(uniform.at(9, 1L << 40));
        assertThat(uniform.at(9, 77)).isNotEqualTo(uniform.at(10, 77));
    }

    @Test
    void impossibleSettingsAreRefused() {
        assertThatThrownBy(() -> new Initialisation.Uniform(2, 1)).hasMessageContaining("low 2.0 and high 1.0");
        assertThatThrownBy(() -> new Initialisation.Normal(0, -1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> new Initialisation.Constant(Float.NaN)).hasMessageContaining("NaN");
    }

    private static double[] values(Initialisation initialisation, long seed) {
        return LongStream.range(0, COUNT)
                .mapToDouble(i -> initialisation.at(seed, i))
                .toArray();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double variance(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    }
}
