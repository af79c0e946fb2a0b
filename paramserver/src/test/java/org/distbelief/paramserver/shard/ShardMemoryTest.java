package org.distbelief.paramserver.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.Initialisation;
import org.distbelief.paramserver.ParameterLayout;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.ShardPlan;
import org.distbelief.paramserver.rule.Adagrad;
import org.distbelief.paramserver.rule.Sgd;
import org.junit.jupiter.api.Test;

class ShardMemoryTest {
    private static final long MIB = 1 << 20;

    @Test
    void aRuleWithStateNeedsMoreAndSoDoMoreConnections() {
        ShardMemory sgd = ShardMemory.of(10_000_000, new Sgd(1), 4);
        ShardMemory adagrad = ShardMemory.of(10_000_000, new Adagrad(1, 1e-10, 0), 4);
        assertThat(adagrad.directBytes() - sgd.directBytes()).isBetween(40_000_000L, 44_000_000L);
        assertThat(ShardMemory.of(10_000_000, new Sgd(1), 5).totalBytes()).isGreaterThan(sgd.totalBytes());
    }

    @Test
    void theLargestShardCounts() {
        ParameterLayout layout = new ParameterLayout(List.of(
                new Block("w", new Range(0, 42_000_000), new Initialisation.Constant(0)),
                new Block("b", new Range(42_000_000, 42_008_000), new Initialisation.Constant(0))));
        ShardMemory need = ShardMemory.of(ShardPlan.of(layout, 2, 1), new Adagrad(1, 1e-10, 0), 4);
        assertThat(need.floats()).isEqualTo(21_008_000);
        assertThat(need.totalBytes()).isBetween(335 * MIB, 380 * MIB);
    }
}
