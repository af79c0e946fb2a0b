package org.distbelief.container.downpour;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.distbelief.paramserver.rule.AdaptiveDelayCompensatedSgd;
import org.distbelief.paramserver.rule.ConstantRate;
import org.distbelief.paramserver.rule.DelayCompensatedSgd;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.rule.StalenessScaling;
import org.distbelief.paramserver.rule.UpdateRule;
import org.distbelief.paramserver.rule.VersionedRate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What corrections for staleness are good for: training where every update is 20 updates late. */
class StaleTrainingTest {
    private static final int STALENESS = 20;
    private static final int UPDATES = 1500;

    /** Good for updates in time, too much for late ones. */
    private static final double RATE = 0.3;

    /** How little of the uncorrected loss a correction must leave. */
    private static final double LESS = 0.85;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void lateUpdatesDoLessHarmWhereTheyAreCompensatedOrScaledDown(long seed) {
        StaleTraining training = new StaleTraining(seed);
        VersionedRate whole = VersionedRate.constant();
        VersionedRate scaled = new VersionedRate(new ConstantRate(), 1, new StalenessScaling(1));
        UpdateRule sgd = new Sgd(RATE);

        double inTime = training.loss(sgd, whole, 0, UPDATES);
        double late = training.loss(sgd, whole, STALENESS, UPDATES);
        double compensated = training.loss(new DelayCompensatedSgd(RATE, 64), whole, STALENESS, UPDATES);
        double adaptive =
                training.loss(new AdaptiveDelayCompensatedSgd(RATE, 2, 0.95, 1e-7), whole, STALENESS, UPDATES);
        double scaledDown = training.loss(sgd, scaled, STALENESS, UPDATES);
        System.out.printf(
                Locale.ROOT,
                "seed %d, rate %.2f, held-out loss: sgd in time %.3f; %d updates late: sgd %.3f, delay compensated %.3f,"
                        + " adaptively %.3f, sgd scaled by staleness %.3f%n",
                seed,
                RATE,
                inTime,
                STALENESS,
                late,
                compensated,
                adaptive,
                scaledDown);

        assertThat(late).as("the delay does harm").isGreaterThan(1.3 * inTime);
        assertThat(compensated).isLessThan(LESS * late);
        assertThat(adaptive).isLessThan(LESS * late);
        assertThat(scaledDown).isLessThan(LESS * late);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void updatesInTimeAreNotTouchedByEither(long seed) {
        StaleTraining training = new StaleTraining(seed);
        VersionedRate scaled = new VersionedRate(new ConstantRate(), 1, new StalenessScaling(1));
        double plain = training.loss(new Sgd(RATE), VersionedRate.constant(), 0, 200);

        assertThat(training.loss(new DelayCompensatedSgd(RATE, 64), scaled, 0, 200))
                .isEqualTo(plain);
        assertThat(training.loss(new AdaptiveDelayCompensatedSgd(RATE, 2, 0.95, 1e-7), scaled, 0, 200))
                .isEqualTo(plain);
    }
}
