package org.distbelief.paramserver.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.Initialisation;
import org.distbelief.paramserver.ParameterLayout;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.ShardPlan;
import org.distbelief.paramserver.pace.Consistency;
import org.distbelief.paramserver.rule.Adagrad;
import org.distbelief.paramserver.rule.DelayCompensatedSgd;
import org.distbelief.paramserver.rule.Sgd;
import org.junit.jupiter.api.Test;

class ShardMemoryTest {
    private static final long MIB = 1 << 20;
    private static final Pacing ALONE = Pacing.asynchronous();

    @Test
    void aRuleWithStateNeedsMoreAndSoDoMoreConnections() {
        ShardMemory sgd = ShardMemory.of(10_000_000, new Holdings(new Sgd(1), ALONE), 4);
        ShardMemory adagrad = ShardMemory.of(10_000_000, new Holdings(new Adagrad(1, 1e-10, 0), ALONE), 4);
        assertThat(adagrad.directBytes() - sgd.directBytes()).isBetween(40_000_000L, 44_000_000L);
        assertThat(ShardMemory.of(10_000_000, new Holdings(new Sgd(1), ALONE), 5)
                        .totalBytes())
                .isGreaterThan(sgd.totalBytes());
    }

    @Test
    void copiesOfWhatWasFetchedAndTheSumOfGradientsCount() {
        DelayCompensatedSgd rule = new DelayCompensatedSgd(1, 1);
        long alone = ShardMemory.of(10_000_000, new Holdings(rule, ALONE), 4).directBytes();
        Pacing three = new Pacing(new Consistency.Asynchronous(), 3, 1, Duration.ofSeconds(1), () -> 0);
        assertThat(ShardMemory.of(10_000_000, new Holdings(rule, three), 4).directBytes() - alone)
                .isBetween(120_000_000L, 124_000_000L);
        assertThat(ShardMemory.of(10_000_000, new Holdings(new Sgd(1), three), 4)
                        .directBytes())
                .isEqualTo(alone);
        Pacing inStep = new Pacing(new Consistency.Synchronous(1), 3, 1, Duration.ofSeconds(1), () -> 0);
        assertThat(ShardMemory.of(10_000_000, new Holdings(new Sgd(1), inStep), 4)
                                .directBytes()
                        - alone)
                .isBetween(40_000_000L, 41_000_000L);
    }

    @Test
    void aStandbyNeedsMoreByWhatTravels() {
        ShardMemory alone = ShardMemory.of(10_000_000, new Holdings(new Adagrad(1, 1e-10, 0), ALONE), 4);
        assertThat(alone.withStandby(new Holdings(new Adagrad(1, 1e-10, 0), ALONE), 4)
                                .directBytes()
                        - alone.directBytes())
                .as("four chunks of two vectors, and two messages")
                .isEqualTo(4 * MIB / 2 + 2 * 2 * MIB);
        assertThat(alone.withStandby(new Holdings(new DelayCompensatedSgd(1, 1), ALONE), 4)
                                .directBytes()
                        - alone.directBytes())
                .as("and what pushes are compared with, once for each connection")
                .isEqualTo(4 * MIB / 4 + 2 * 2 * MIB + 5 * MIB);
    }

    @Test
    void vectorsOfProgramsCount() {
        Holdings holdings = new Holdings(new Sgd(0), ALONE, 29);
        ShardMemory many = ShardMemory.of(10_000_000, holdings, 4);
        ShardMemory one = ShardMemory.of(10_000_000, new Holdings(new Sgd(0), ALONE), 4);
        assertThat(many.directBytes() - one.directBytes()).isBetween(28 * 40_000_000L, 28 * 41_000_000L);
        assertThat(many.withStandby(holdings, 4).directBytes() - many.directBytes())
                .as("four chunks of all vectors, and two messages of one")
                .isEqualTo((4 + 2) * 29 * MIB / 4);
    }

    @Test
    void theLargestShardCounts() {
        ParameterLayout layout = new ParameterLayout(List.of(
                new Block("w", new Range(0, 42_000_000), new Initialisation.Constant(0)),
                new Block("b", new Range(42_000_000, 42_008_000), new Initialisation.Constant(0))));
        ShardMemory need = ShardMemory.of(ShardPlan.of(layout, 2, 1), new Holdings(new Adagrad(1, 1e-10, 0), ALONE), 4);
        assertThat(need.floats()).isEqualTo(21_008_000);
        assertThat(need.totalBytes()).isBetween(335 * MIB, 380 * MIB);
    }
}
