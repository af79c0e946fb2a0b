package org.distbelief.appmaster.submit.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.distbelief.appmaster.status.SampleSnapshots;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardWorkTableTest {
    @ParameterizedTest
    @CsvSource({
        "0, -",
        "1, 1 us",
        "999, 999 us",
        "1000, 1.00 ms",
        "12345, 12.3 ms",
        "999499, 999 ms",
        "1250000, 1.25 s",
        "3600000000, 3600 s"
    })
    void timesHaveThreeDigits(long micros, String text) {
        assertThat(ShardWorkTable.time(micros)).isEqualTo(text);
    }

    @Test
    void barsAreAsHighAsTheNumbers() {
        assertThat(ShardWorkTable.bars(List.of(0L, 1L, 500L, 1000L))).isEqualTo("\u00b7\u2581\u2584\u2588");
        assertThat(ShardWorkTable.bars(List.of())).isEmpty();
        assertThat(ShardWorkTable.bars(List.of(Long.MAX_VALUE / 8))).isEqualTo("\u2588");
    }

    @Test
    void shardsOfWhichNothingIsKnownHaveNoTable() {
        assertThat(new ShardWorkTable(false, false)
                        .lines(SampleSnapshots.starting().shards(), 2, 100))
                .isEmpty();
    }

    @Test
    void anEndedJobHasNoRates() {
        assertThat(new ShardWorkTable(true, false)
                        .lines(SampleSnapshots.succeeded().shards(), 2, 160))
                .hasSize(3)
                .element(1)
                .asString()
                .startsWith("      0     -      -");
    }
}
