package org.distbelief.appmaster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Shards of two copies to which random things happen; {@link CopiesWorld} checks every step. */
class CopiesPropertyTest {
    private static final int SEEDS = 60;
    private static final int STEPS = 1_500;

    @Test
    void whateverHappensAShardIsServedAgainAndFollowed() {
        int takeovers = 0;
        int losses = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            Roster roster = new Roster(
                    new RosterSettings(3, 2, 0, 1, 0, Duration.ofDays(1), Duration.ofSeconds(10), Integer.MAX_VALUE),
                    1_000L * random.nextInt(2));
            try {
                CopiesWorld world = new CopiesWorld(roster, random);
                for (int i = 0; i < STEPS; i++) {
                    world.step();
                }
                world.settle();
                takeovers += world.takeovers();
                for (Group group : roster.groups()) {
                    assertThat(group.restarts()).isEqualTo(world.losses(group.index()));
                    losses += group.restarts();
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        assertThat(takeovers).isGreaterThan(SEEDS);
        assertThat(losses).isGreaterThan(SEEDS);
    }
}
