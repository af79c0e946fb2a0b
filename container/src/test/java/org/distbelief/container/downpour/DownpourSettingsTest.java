package org.distbelief.container.downpour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import org.distbelief.conf.JobFileException;
import org.junit.jupiter.api.Test;

/** How the job file becomes a replica's settings. */
class DownpourSettingsTest {
    private static DownpourSettings settings(String... lines) {
        return DownpourSettings.of(WorkerHarness.job(List.of(lines)).config().downpour(), 0, 1, Duration.ofSeconds(1));
    }

    @Test
    void theLocalRateIsTheRulesAdviceUnlessGiven() {
        assertThat(settings("downpour.update={adagrad: {learningRate: 0.5}}").localRate(List.of(7L)))
                .isEqualTo(0.05);
        assertThat(settings("downpour.localLearningRate=0.3").localRate(List.of(7L)))
                .isEqualTo(0.3);
    }

    @Test
    void theLocalRateFollowsTheScheduleByTheGreatestVersionTimesNPush() {
        DownpourSettings scheduled = settings(
                "downpour.localLearningRate=1",
                "downpour.nPush=5",
                "downpour.schedule={step: {every: 10, factor: 0.5}}");

        assertThat(scheduled.localRate(List.of())).isEqualTo(1);
        assertThat(scheduled.localRate(List.of(-1L, -1L))).isEqualTo(1);
        assertThat(scheduled.localRate(List.of(1L, 0L, -1L))).isEqualTo(1);
        assertThat(scheduled.localRate(List.of(1L, 4L))).isEqualTo(0.25);
    }

    @Test
    void theWarmUpMultipliesTheSchedule() {
        DownpourSettings warming = settings(
                "downpour.localLearningRate=1", "downpour.warmUp=100", "downpour.schedule={polynomial: {steps: 200}}");

        assertThat(warming.localRate(List.of(0L))).isEqualTo(0.01);
        assertThat(warming.localRate(List.of(49L))).isCloseTo(0.5 * 151 / 200, within(1e-12));
        assertThat(warming.localRate(List.of(150L))).isEqualTo(0.25);
    }

    @Test
    void aWrongScheduleIsRefused() {
        assertThatThrownBy(() -> settings("downpour.schedule={polynomial: {step: 3}}"))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("missing key 'steps' in section 'downpour.schedule.polynomial'")
                .hasMessageContaining("unknown key 'step'");
    }
}
