package org.distbelief.appmaster.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WaitingTest {
    private final AtomicLong clock = new AtomicLong();
    private final Waiting waiting = new Waiting(clock::get, time -> clock.addAndGet(time.toNanos()));

    @Test
    void looksAtOnce() throws Exception {
        assertThat(waiting.until(() -> true, Duration.ZERO)).isTrue();
        assertThat(clock.get()).isZero();
    }

    @Test
    void looksTenTimesASecondUntilTheConditionHolds() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        assertThat(waiting.until(() -> looks.incrementAndGet() == 8, Duration.ofSeconds(5)))
                .isTrue();
        assertThat(clock.get()).isEqualTo(Duration.ofMillis(700).toNanos());
    }

    @Test
    void givesUpAfterTheBound() throws Exception {
        assertThat(waiting.until(() -> false, Duration.ofSeconds(5))).isFalse();
        assertThat(clock.get()).isEqualTo(Duration.ofSeconds(5).toNanos());
    }
}
