package org.distbelief.paramserver.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.distbelief.conf.DownpourConfig;
import org.distbelief.conf.JobFile;
import org.distbelief.conf.JobFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every schedule of the learning rate must keep to, and what each one does. */
class RateScheduleTest {
    private static final Offset<Double> EXACTLY = within(1e-12);

    /** A valid section of each kind; a new kind needs a line here. */
    private static final Map<String, String> SAMPLES = Map.of(
            "constant", "constant",
            "step", "{step: {every: 10, factor: 0.5}}",
            "exponential", "{exponential: {every: 10, factor: 0.5}}",
            "polynomial", "{polynomial: {steps: 100, power: 2, end: 0.1}}");

    static Stream<String> samples() {
        return RateScheduleType.all().stream().map(type -> SAMPLES.getOrDefault(type.name(), type.name()));
    }

    @Test
    void everyKindHasASample() {
        assertThat(RateScheduleType.all())
                .extracting(RateScheduleType::name)
                .containsExactlyInAnyOrderElementsOf(SAMPLES.keySet());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void beginsWithTheWholeRateAndNeverGrows(String section) {
        RateSchedule schedule = schedule(section, 0);
        assertThat(schedule.factor(0)).isEqualTo(1);
        double last = 1;
        for (long step : new long[] {0, 1, 2, 9, 10, 11, 50, 99, 100, 101, 1000, 1_000_000, Long.MAX_VALUE}) {
            double factor = schedule.factor(step);
            assertThat(factor).as("step %d", step).isBetween(0.0, last);
            last = factor;
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aWarmUpGrowsInALineAndMultipliesWhatFollows(String section) {
        RateSchedule without = schedule(section, 0);
        RateSchedule with = schedule(section, 4);
        assertThat(with.factor(0)).as("the first step is taken too").isCloseTo(0.25, EXACTLY);
        assertThat(with.factor(1)).isCloseTo(0.5 * without.factor(1), EXACTLY);
        assertThat(with.factor(3)).isCloseTo(without.factor(3), EXACTLY);
        for (long step : new long[] {4, 5, 100, Long.MAX_VALUE}) {
            assertThat(with.factor(step)).isEqualTo(without.factor(step));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "9, 1", "10, 0.5", "19, 0.5", "20, 0.25", "35, 0.125"})
    void stepFallsInStairs(long step, double factor) {
        assertThat(schedule("{step: {every: 10, factor: 0.5}}", 0).factor(step)).isCloseTo(factor, EXACTLY);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "5, 0.70710678118654752", "10, 0.5", "30, 0.125"})
    void exponentialFallsSmoothly(long step, double factor) {
        assertThat(schedule("{exponential: {every: 10, factor: 0.5}}", 0).factor(step))
                .isCloseTo(factor, EXACTLY);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "50, 0.325", "100, 0.1", "101, 0.1", "9223372036854775807, 0.1"})
    void polynomialFallsToItsEndAndStaysThere(long step, double factor) {
        assertThat(schedule("{polynomial: {steps: 100, power: 2, end: 0.1}}", 0).factor(step))
                .isCloseTo(factor, EXACTLY);
    }

    @Test
    void polynomialIsAStraightLineToZeroUnlessSaid() {
        assertThat(schedule("{polynomial: {steps: 100}}", 0)).isEqualTo(new PolynomialDecay(100, 1, 0));
        assertThat(schedule("{polynomial: {steps: 100}}", 0).factor(25)).isCloseTo(0.75, EXACTLY);
    }

    @Test
    void anUpdateCountsAsTheStepsThatItHolds() {
        VersionedRate rate = VersionedRate.of(config("{step: {every: 10, factor: 0.5}}", 0, 4));
        assertThat(rate.factor(2)).as("step 8").isEqualTo(1);
        assertThat(rate.factor(3)).as("step 12").isEqualTo(0.5);
        assertThat(VersionedRate.constant().factor(1_000_000)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {step: {every: 0, factor: 0.5}}         | downpour.schedule.step.every: expected a whole number from 1, found '0'
                    {step: {every: 10, factor: 1.5}}        | downpour.schedule.step.factor: expected a number from 1.0E-9 to 1.0, found '1.5'
                    {step: {every: 10, factor: 0}}          | downpour.schedule.step.factor: expected a number from 1.0E-9
                    {step: {every: 10}}                     | missing key 'factor' in section 'downpour.schedule.step'
                    {exponential: {factor: 0.5}}            | missing key 'every' in section 'downpour.schedule.exponential'
                    {exponential: {every: 1, factr: 0.5}}   | unknown key 'factr' in section 'downpour.schedule.exponential'; did you mean 'factor'?
                    {polynomial: {power: 2}}                | missing key 'steps' in section 'downpour.schedule.polynomial'
                    {polynomial: {steps: 9, power: 0}}      | downpour.schedule.polynomial.power: expected a number from 0.01
                    {polynomial: {steps: 9, end: -0.1}}     | downpour.schedule.polynomial.end: expected a number from 0.0 to 1.0, found '-0.1'
                    {constant: {factor: 1}}                 | unknown key 'factor' in section 'downpour.schedule.constant'
                    exponentiel                             | unknown learning-rate schedule 'exponentiel'; did you mean 'exponential'?
                    """)
    void wrongSettingsAreRefusedWithTheirLine(String section, String message) {
        assertThatThrownBy(() -> schedule(section, 0))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("job.yaml:7")
                .hasMessageContaining(message);
    }

    private static RateSchedule schedule(String section, long warmUp) {
        return RateSchedule.of(config(section, warmUp, 1));
    }

    private static DownpourConfig config(String section, long warmUp, int nPush) {
        String yaml = """
                output: out
                model:
                  layers: [fullyConnected]
                data:
                  path: in
                downpour:
                  schedule: %s
                  warmUp: %d
                  nPush: %d
                """.formatted(section, warmUp, nPush);
        return JobFile.read("job.yaml", yaml, List.of()).config().downpour();
    }
}
