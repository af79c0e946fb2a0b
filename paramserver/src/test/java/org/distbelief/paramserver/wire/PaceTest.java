package org.distbelief.paramserver.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final Pace pace = new Pace(nanos::get);

    private void pass(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void aMessageMayTakeItsAllowanceAndASecondForEach64KiB() {
        pace.begin(30_000);
        assertThat(pace.leftMillis()).isEqualTo(30_000);
        pass(29_000);
        pace.add(1);
        assertThat(pace.leftMillis()).isBetween(1000L, 1001L);
        pass(2000);
        assertThat(pace.leftMillis()).isNegative();
        assertThat(pace).hasToString("1 bytes in 31000 ms; expected 65536 bytes a second after the first 30000 ms");
        pace.add(2 << 20);
        assertThat(pace.leftMillis()).isBetween(30_900L, 31_000L);
    }

    @Test
    void timeInWhichNobodyWaitsForThePeerDoesNotCountBeforeTheFirstWait() {
        pace.begin(1000);
        pass(100_000);
        assertThat(pace.leftMillis()).isEqualTo(1000);
        pass(1001);
        assertThat(pace.leftMillis()).isNegative();
        pace.begin(500);
        assertThat(pace.leftMillis()).isEqualTo(500);
    }

    @Test
    void theLongestPayloadDoesNotOverflow() {
        pace.begin(1000);
        pace.add(Integer.MAX_VALUE);
        assertThat(pace.leftMillis()).isBetween(32_000_000L, 33_000_000L);
    }
}
