package org.distbelief.appmaster.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.distbelief.appmaster.status.ShardWork;
import org.distbelief.appmaster.status.ShardWork.Times;
import org.distbelief.paramserver.load.Latency;
import org.distbelief.paramserver.load.ShardLoad;
import org.distbelief.paramserver.shard.CopyStatus;
import org.distbelief.paramserver.shard.ShardCounters;
import org.distbelief.paramserver.shard.ShardStatus;
import org.distbelief.paramserver.shard.Staleness;
import org.junit.jupiter.api.Test;

class ShardRatesTest {
    private final ShardRates rates = new ShardRates();

    private static ShardStatus status(long generation, long upMillis, long counted) {
        return new ShardStatus(
                0,
                generation,
                10,
                100,
                counted,
                new ShardCounters(1000 * counted, 2000 * counted, 3 * counted, counted, 0, 0, 0, 0),
                new Staleness(3, 4, 3, List.of(1L, 0L, 2L)),
                List.of(),
                CopyStatus.ALONE,
                new ShardLoad(upMillis, 5, 2, 7_000, 8_000, Map.of("fetch", new Latency(9, 5, 4, 6, 7, 8))));
    }

    private ShardWork heard(ShardStatus status) {
        rates.heard(status);
        return rates.work(status);
    }

    @Test
    void aSingleAnswerHasNoRatesButAllElse() {
        assertThat(heard(status(1, 500, 10)))
                .isEqualTo(new ShardWork(
                        0,
                        0,
                        0,
                        0,
                        5,
                        2,
                        7_000,
                        8_000,
                        List.of(1L, 0L, 2L),
                        Map.of("fetch", new Times(9, 5, 4, 6, 7, 8))));
    }

    @Test
    void ratesAreOverTheLastSecondsOfTheShardsClock() {
        heard(status(1, 0, 0));
        ShardWork work = heard(status(1, 2_000, 20));
        assertThat(work.pushesPerSecond()).isCloseTo(10, within(1e-9));
        assertThat(work.fetchesPerSecond()).isCloseTo(30, within(1e-9));
        assertThat(work.bytesInPerSecond()).isCloseTo(10_000, within(1e-9));
        assertThat(work.bytesOutPerSecond()).isCloseTo(20_000, within(1e-9));
        for (int second = 3; second <= 100; second++) {
            work = heard(status(1, second * 1000L, 20));
        }
        assertThat(work.pushesPerSecond()).as("nothing happened since").isZero();
        assertThat(heard(status(1, 101_000, 70)).pushesPerSecond())
                .as("50 in the last 5 s")
                .isCloseTo(10, within(1e-9));
    }

    @Test
    void anAnswerThatComesTwiceOrFromANewProcessMakesNoNonsense() {
        heard(status(1, 1_000, 10));
        assertThat(heard(status(1, 1_000, 10)).pushesPerSecond()).isZero();
        assertThat(heard(status(1, 3_000, 30)).pushesPerSecond()).isCloseTo(10, within(1e-9));
        assertThat(heard(status(2, 400, 4)).pushesPerSecond()).isZero();
        assertThat(heard(status(2, 1_400, 6)).pushesPerSecond()).isCloseTo(2, within(1e-9));
    }
}
