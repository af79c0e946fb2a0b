package org.distbelief.appmaster.lbfgs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.distbelief.appmaster.lbfgs.LineSearch.Ending;
import org.distbelief.appmaster.lbfgs.LineSearch.Outcome;
import org.distbelief.appmaster.lbfgs.LineSearch.Sample;
import org.distbelief.conf.LineSearchConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineSearchTest {
    private static final LineSearchConfig USUAL = new LineSearchConfig(1e-4, 0.9, 20);

    private final List<Sample> tried = new ArrayList<>();

    /** The tables I to VI of the paper that {@link Bracket} names: its evaluations and steps, as they are printed. */
    @ParameterizedTest
    @CsvSource({
        "1, 1e-3, 1e-3, 0.1, 6, 1.4",
        "1, 1e-1, 1e-3, 0.1, 3, 1.4",
        "1, 1e+1, 1e-3, 0.1, 1, 10",
        "1, 1e+3, 1e-3, 0.1, 4, 37",
        "2, 1e-3, 0.1, 0.1, 12, 1.6",
        "2, 1e-1, 0.1, 0.1, 8, 1.6",
        "2, 1e+1, 0.1, 0.1, 8, 1.6",
        "2, 1e+3, 0.1, 0.1, 11, 1.6",
        "3, 1e-3, 0.1, 0.1, 12, 1.0",
        "3, 1e-1, 0.1, 0.1, 12, 1.0",
        "3, 1e+1, 0.1, 0.1, 10, 1.0",
        "3, 1e+3, 0.1, 0.1, 13, 1.0",
        "4, 1e-3, 1e-3, 1e-3, 4, 0.08",
        "4, 1e-1, 1e-3, 1e-3, 1, 0.10",
        "4, 1e+1, 1e-3, 1e-3, 3, 0.35",
        "4, 1e+3, 1e-3, 1e-3, 4, 0.83",
        "5, 1e-3, 1e-3, 1e-3, 6, 0.075",
        "5, 1e-1, 1e-3, 1e-3, 3, 0.078",
        "5, 1e+1, 1e-3, 1e-3, 7, 0.073",
        "5, 1e+3, 1e-3, 1e-3, 8, 0.076",
        "6, 1e-3, 1e-3, 1e-3, 13, 0.93",
        "6, 1e-1, 1e-3, 1e-3, 11, 0.93",
        "6, 1e+1, 1e-3, 1e-3, 8, 0.92",
        "6, 1e+3, 1e-3, 1e-3, 11, 0.92"
    })
    void theFunctionsOfMoreAndThuenteTakeWhatTheyPublished(
            int function, double first, double decrease, double slope, int evaluations, String step) throws Exception {
        LineSearchConfig config = new LineSearchConfig(decrease, slope, 20);
        Outcome outcome = search(config, 0, ThuenteFunctions.line(function), first);

        assertThat(outcome.ending()).isEqualTo(Ending.WOLFE);
        assertThat(outcome.evaluations()).isEqualTo(evaluations).isEqualTo(tried.size());
        int digits = step.contains(".") ? step.length() - step.indexOf('.') - 1 : 0;
        assertThat(outcome.sample().step()).isCloseTo(Double.parseDouble(step), within(0.5001 * Math.pow(10, -digits)));
        assertStrongWolfe(config, ThuenteFunctions.line(function).at(0), outcome.sample());
    }

    private static void assertStrongWolfe(LineSearchConfig config, Sample start, Sample end) {
        assertThat(end.loss()).isLessThanOrEqualTo(start.loss() + config.decrease() * end.step() * start.slope());
        assertThat(Math.abs(end.slope())).isLessThanOrEqualTo(config.slope() * Math.abs(start.slope()));
    }

    private Outcome search(LineSearchConfig config, double noise, LineSearch.Line line, double first) throws Exception {
        LineSearch.Line noted = step -> {
            Sample sample = line.at(step);
            tried.add(sample);
            return sample;
        };
        return new LineSearch(config, noise).search(noted, line.at(0), first);
    }

    private static LineSearch.Line line(DoubleUnaryOperator loss, DoubleUnaryOperator slope) {
        return step -> new Sample(step, loss.applyAsDouble(step), slope.applyAsDouble(step));
    }

    /** A parabola with its minimum, of 0, at 1. */
    private static LineSearch.Line parabola() {
        return line(step -> (step - 1) * (step - 1), step -> 2 * (step - 1));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-12, 1e-6, 1e-3, 1, 3, 1e3, 1e6, 1e12})
    void aParabolasMinimumIsFoundFromAnyFirstStep(double first) throws Exception {
        LineSearchConfig config = new LineSearchConfig(1e-4, 1e-6, 40);

        Outcome outcome = search(config, 0, parabola(), first);

        assertThat(outcome.ending()).isEqualTo(Ending.WOLFE);
        assertThat(outcome.sample().step()).isCloseTo(1, within(1e-6));
        assertThat(outcome.last()).isTrue();
    }

    @Test
    void randomPolynomialsEndWithTheStrongWolfeConditions() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            double waves = random.nextDouble() * 3;
            double far = Math.exp(random.nextGaussian() * 2);
            LineSearch.Line line = line(
                    s -> Math.pow(s / far - 1, 4) + waves * Math.sin(5 * s / far),
                    s -> 4 * Math.pow(s / far - 1, 3) / far + waves * 5 / far * Math.cos(5 * s / far));
            if (line.at(0).slope() < 0) {
                LineSearchConfig config = new LineSearchConfig(1e-4, 0.1 + 0.8 * random.nextDouble(), 60);
                Outcome outcome = search(config, 0, line, Math.exp(random.nextGaussian() * 3));

                assertThat(outcome.ending()).as("line %d", i).isEqualTo(Ending.WOLFE);
                assertStrongWolfe(config, line.at(0), outcome.sample());
            }
        }
        assertThat(tried).hasSizeGreaterThan(1000);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aStepWhoseLossCannotBeComputedIsMadeShorter(double nothing) throws Exception {
        LineSearch.Line line = line(s -> s > 1.5 ? nothing : (s - 1) * (s - 1), s -> 2 * (s - 1));

        Outcome outcome = search(USUAL, 0, line, 1e4);

        assertThat(outcome.ending()).isEqualTo(Ending.WOLFE);
        assertThat(outcome.sample().step()).isBetween(0.05, 1.5);
        assertThat(outcome.evaluations()).isLessThan(10);
    }

    @Test
    void noStepReachesAgainWhatCouldNotBeComputed() throws Exception {
        LineSearch.Line line = line(s -> s >= 2 ? Double.NaN : -s, s -> -1);

        Outcome outcome = search(USUAL, 0, line, 10);

        assertThat(outcome.ending()).isEqualTo(Ending.LOWER);
        assertThat(outcome.sample().step()).isBetween(1.9, 2.0);
        for (int i = 1; i < tried.size(); i++) {
            double ceiling = tried.subList(0, i).stream()
                    .filter(sample -> !sample.finite())
                    .mapToDouble(Sample::step)
                    .min()
                    .orElse(Double.POSITIVE_INFINITY);
            assertThat(tried.get(i).step()).isLessThan(ceiling);
        }
    }

    @Test
    void aSlopeThatIsNotFiniteCountsAsNothingComputed() throws Exception {
        LineSearch.Line line = line(s -> (s - 1) * (s - 1), s -> s > 3 ? Double.NaN : 2 * (s - 1));

        Outcome outcome = search(USUAL, 0, line, 50);

        assertThat(outcome.ending()).isEqualTo(Ending.WOLFE);
        assertThat(outcome.sample().step()).isLessThan(2);
    }

    @Test
    void aLossThatNeverGetsLowerEndsTheSearchWithoutAStep() throws Exception {
        // The slope lies.
        Outcome outcome = search(USUAL, 0, line(s -> s, s -> -1), 1);

        assertThat(outcome.ending()).isEqualTo(Ending.FAILED);
        assertThat(outcome.sample().step()).isZero();
        assertThat(outcome.evaluations()).isEqualTo(20);
    }

    @Test
    void aLossWithoutEndIsFollowedForAsManyEvaluationsAsAreAllowed() throws Exception {
        Outcome outcome = search(USUAL, 0, line(s -> -s, s -> -1), 1);

        assertThat(outcome.ending()).isEqualTo(Ending.LOWER);
        assertThat(outcome.evaluations()).isEqualTo(20);
        assertThat(outcome.last()).isTrue();
        assertThat(outcome.sample().step()).isGreaterThan(1e6);
    }

    @Test
    void whenEvaluationsAreUsedUpTheBestStepIsTakenAndNotTheLast() throws Exception {
        // Lower at 1 than at 5, to which a slope that stays makes it go.
        LineSearch.Line line = line(s -> s == 1 ? -10 : -s, s -> -1);

        Outcome outcome = search(new LineSearchConfig(1e-4, 0.9, 2), 0, line, 1);

        assertThat(tried).extracting(Sample::step).hasSize(2).startsWith(1.0);
        assertThat(outcome.ending()).isEqualTo(Ending.LOWER);
        assertThat(outcome.sample().step()).isEqualTo(1);
        assertThat(outcome.last()).isFalse();
    }

    @Test
    void whereLossesAreTooCloseToTellSlopesDecide() throws Exception {
        // The loss at the start is rounded down, all others are rounded up.
        LineSearch.Line line = line(s -> 1000 + 1e-6 * (s - 1) * (s - 1) + (s == 0 ? 0 : 1e-5), s -> 2e-6 * (s - 1));

        Outcome outcome = search(USUAL, LbfgsSettings.FLOAT_NOISE, line, 0.3);
        Outcome exact = search(USUAL, 0, line, 0.3);

        assertThat(outcome.ending()).isEqualTo(Ending.APPROXIMATE);
        assertThat(outcome.evaluations()).isEqualTo(1);
        assertThat(exact.ending()).as("without noise").isEqualTo(Ending.FAILED);
    }

    @Test
    void whereNeitherLossesNorSlopesTellTheSearchEndsSoon() throws Exception {
        Random random = new Random(3);
        int evaluations = 0;
        for (int i = 0; i < 200; i++) {
            LineSearch.Line line =
                    line(s -> 5 + 1e-7 * random.nextGaussian(), s -> s == 0 ? -1e-9 : 1e-6 * random.nextGaussian());
            evaluations += search(USUAL, LbfgsSettings.FLOAT_NOISE, line, 1).evaluations();
        }
        assertThat(evaluations / 200.0).isLessThan(5);
    }

    @Test
    void aSlopeThatDoesNotFallOrAStepThatDoesNotGoIsRefused() {
        LineSearch search = new LineSearch(USUAL, 0);

        assertThatThrownBy(() -> search.search(parabola(), new Sample(0, 1, 0), 1))
                .hasMessageContaining("expected a slope below 0");
        assertThatThrownBy(() -> search.search(parabola(), new Sample(0, 1, Double.NaN), 1))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> search.search(parabola(), new Sample(0, 1, -2), 0))
                .hasMessageContaining("step 0.0");
    }
}
