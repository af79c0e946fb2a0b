package org.distbelief.paramserver.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PushLogTest {
    @Test
    void pushesOfMorePartitionsThanAnyJobHasAreRefused() throws Exception {
        PushLog log = new PushLog();
        for (int i = 0; i < PushLog.MOST_ENTRIES; i++) {
            log.entry(i, i % 7);
        }
        assertThat(log.entry(5, 5)).as("one that is known").isSameAs(log.entry(5, 5));
        assertThatThrownBy(() -> log.entry(5, 6))
                .isInstanceOfSatisfying(
                        ShardException.class, e -> assertThat(e.kind()).isEqualTo(ShardException.Kind.BUSY))
                .hasMessageContaining("found those of replica 5, partition 6 besides");
    }
}
