package org.distbelief.paramserver.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatencyRecorderTest {
    private final LatencyRecorder recorder = new LatencyRecorder();

    private void record(long micros) {
        recorder.record(TimeUnit.MICROSECONDS.toNanos(micros));
    }

    @Test
    void whatNeverHappenedHasNoTimes() {
        assertThat(recorder.get()).isEqualTo(Latency.NONE);
    }

    @Test
    void percentilesAreRightToAHundredthAndStayWhenAskedForAgain() {
        for (int micros = 1; micros <= 1000; micros++) {
            record(micros * 10L);
        }
        for (int i = 0; i < 3; i++) {
            Latency latency = recorder.get();
            assertThat(latency.count()).isEqualTo(1000);
            assertThat(latency.mean()).isBetween(4950L, 5060L);
            assertThat(latency.p50()).isBetween(4950L, 5050L);
            assertThat(latency.p90()).isBetween(8910L, 9090L);
            assertThat(latency.p99()).isBetween(9801L, 9999L);
            assertThat(latency.max()).isBetween(9900L, 10_100L);
        }
        record(1);
        assertThat(recorder.get().count()).isEqualTo(1001);
    }

    @Test
    void timesThatAClockCannotMeanAreKeptWithinBounds() {
        recorder.record(-5);
        recorder.record(Long.MAX_VALUE);
        Latency latency = recorder.get();
        assertThat(latency.count()).isEqualTo(2);
        assertThat(latency.p50()).isZero();
        assertThat(latency.max()).isBetween(TimeUnit.HOURS.toMicros(1), TimeUnit.MINUTES.toMicros(61));
    }

    @Test
    void timesOfManyThreadsAreAllCounted() throws Exception {
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(i -> new Thread(() -> {
                    for (int n = 0; n < 50_000; n++) {
                        record(n % 100);
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        long seen = 0;
        while (threads.stream().anyMatch(Thread::isAlive)) {
            long now = recorder.get().count();
            assertThat(now).isGreaterThanOrEqualTo(seen);
            seen = now;
        }
        assertThat(recorder.get().count()).isEqualTo(200_000);
    }
}
