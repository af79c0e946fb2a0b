package org.distbelief.paramserver.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.distbelief.conf.DownpourConfig;
import org.distbelief.conf.JobFile;
import org.distbelief.conf.JobFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code downpour.stalenessScaling} does to the rate of an update. */
class StalenessScalingTest {
    private static final Offset<Double> EXACTLY = within(1e-12);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 20, Long.MAX_VALUE})
    void withoutScalingEveryUpdateHasItsWholeRate(long staleness) {
        assertThat(rate("none", 0).factor(7, staleness)).isEqualTo(1);
        assertThat(rate("{inverse: {power: 0}}", 0).factor(7, staleness)).isEqualTo(1);
        assertThat(VersionedRate.constant().factor(7, staleness)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, 1",
        "1, 1, 1",
        "1, 2, 0.5",
        "1, 20, 0.05",
        "0.5, 16, 0.25",
        "2, 3, 0.1111111111111111",
        "10, 1, 1",
        "10, 2, 0.0009765625"
    })
    void theRateIsDividedByAPowerOfTheStaleness(double power, long staleness, double factor) {
        assertThat(rate("{inverse: {power: " + power + "}}", 0).factor(3, staleness))
                .isCloseTo(factor, EXACTLY);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3, 1, 10})
    void theFactorNeverGrowsAndStaysAboveZero(double power) {
        StalenessScaling scaling = new StalenessScaling(power);
        double last = 1;
        for (long staleness : new long[] {0, 1, 2, 3, 100, 1_000_000_000_000L, Long.MAX_VALUE}) {
            double factor = scaling.factor(staleness);
            assertThat(factor).as("staleness %d", staleness).isPositive().isLessThanOrEqualTo(last);
            last = factor;
        }
    }

    @Test
    void thePowerIsOneUnlessGiven() {
        assertThat(StalenessScaling.of(config("inverse", 0).stalenessScaling())).isEqualTo(new StalenessScaling(1));
        assertThat(StalenessScaling.of(config("{inverse: }", 0).stalenessScaling()))
                .isEqualTo(new StalenessScaling(1));
    }

    @Test
    void itMultipliesWhatTheScheduleSaysAndLeavesTheLocalStepAlone() {
        VersionedRate rate = rate("inverse", 8);
        assertThat(rate.factor(1)).as("the local step, in the warm-up").isEqualTo(0.25);
        assertThat(rate.factor(1, 0)).isEqualTo(0.25);
        assertThat(rate.factor(1, 4)).isEqualTo(0.0625);
        assertThat(rate.factor(1000, 4)).isEqualTo(0.25);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {inverse: {power: -0.5}} | downpour.stalenessScaling.inverse.power: expected a number from 0.0 to 10.0, found '-0.5'
                    {inverse: {power: 10.1}} | downpour.stalenessScaling.inverse.power: expected a number from 0.0 to 10.0, found '10.1'
                    {inverse: {power: NaN}}  | downpour.stalenessScaling.inverse.power: expected a number from 0.0 to 10.0, found 'NaN'
                    {inverse: {powr: 1}}     | unknown key 'powr' in section 'downpour.stalenessScaling.inverse'; did you mean 'power'?
                    {none: {power: 1}}       | unknown key 'power' in section 'downpour.stalenessScaling.none'
                    invers                   | downpour.stalenessScaling: unknown staleness scaling 'invers'; did you mean 'inverse'?
                    linear                   | downpour.stalenessScaling: unknown staleness scaling 'linear'
                    """)
    void wrongSettingsAreRefusedWithTheirLine(String section, String message) {
        assertThatThrownBy(() -> rate(section, 0))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("job.yaml:7")
                .hasMessageContaining(message);
    }

    private static VersionedRate rate(String section, long warmUp) {
        return VersionedRate.of(config(section, warmUp));
    }

    private static DownpourConfig config(String section, long warmUp) {
        String yaml = """
                output: out
                model:
                  layers: [fullyConnected]
                data:
                  path: in
                downpour:
                  stalenessScaling: %s
                  warmUp: %d
                """.formatted(section, warmUp);
        return JobFile.read("job.yaml", yaml, List.of()).config().downpour();
    }
}
