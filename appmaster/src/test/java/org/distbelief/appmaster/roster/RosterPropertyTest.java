package org.distbelief.appmaster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.distbelief.appmaster.roster.Seat.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs of random size to which random things happen; {@link RosterWorld} checks every step. */
class RosterPropertyTest {
    private static final int STEPS = 1_000;
    private static final int MANY = 45;
    private static final int FEW = 15;
    private static final Duration FOREVER = Duration.ofDays(1);

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverHappensGroupsStayTogetherAndComeBack(long seed) {
        Random random = new Random(seed);
        Roster roster = roster(random, FOREVER, Integer.MAX_VALUE, random.nextInt(3));
        RosterWorld world = new RosterWorld(roster, random, MANY);
        for (int i = 0; i < STEPS; i++) {
            world.step();
        }
        world.settle();

        assertThat(world.failure()).as("seed %d", seed).isEmpty();
        assertThat(roster.groups())
                .as("seed %d", seed)
                .allMatch(
                        g -> g.state() == State.RUNNING || g.seats().stream().anyMatch(s -> s.state() == State.STOPPED))
                .allMatch(g -> g.restarts() == world.losses(g))
                .anyMatch(g -> g.restarts() > 0);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theJobEndsExactlyWhenMoreFailedThanIsAllowed(long seed) {
        Random random = new Random(seed);
        int allowed = random.nextInt(20);
        RosterWorld world = new RosterWorld(roster(random, FOREVER, allowed, random.nextInt(3)), random, MANY);
        for (int i = 0; i < STEPS && world.failure().isEmpty(); i++) {
            assertThat(world.counted()).as("seed %d", seed).isLessThanOrEqualTo(allowed);
            world.step();
        }
        if (world.failure().isPresent()) {
            assertThat(world.failure().get()).as("seed %d", seed).startsWith("too many failures: " + (allowed + 1));
            assertThat(world.counted()).as("seed %d", seed).isEqualTo(allowed + 1);
        }
    }

    @Test
    void waitingForTooLongEndsOnlyAJobThatCannotGoOn() {
        int ended = 0;
        int givenBack = 0;
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Roster roster = roster(random, Duration.ofSeconds(8), Integer.MAX_VALUE, seed % 4 == 0 ? 1 : 0);
            RosterWorld world = new RosterWorld(roster, random, FEW);
            for (int i = 0; i < STEPS && world.failure().isEmpty(); i++) {
                world.step();
            }
            givenBack += world.givenBack();
            if (world.failure().isPresent()) {
                ended++;
                String reason = world.failure().get();
                assertThat(reason).as("seed %d", seed).startsWith("no container for ");
                assertThat(roster.groups())
                        .as("seed %d: %s", seed, reason)
                        .noneMatch(g -> g.role() == Role.REPLICA
                                && g.state() == State.RUNNING
                                && !reason.startsWith("no container for shard")
                                && !reason.startsWith("no container for coordinator"));
                assertThat(roster.groups())
                        .as("seed %d: %s", seed, reason)
                        .noneMatch(g -> g.role() == Role.COORDINATOR
                                && g.leader().lives()
                                && reason.startsWith("no container for coordinator"));
            }
        }
        assertThat(ended).isPositive();
        assertThat(givenBack).isPositive();
    }

    private static Roster roster(Random random, Duration allocation, int failures, int coordinators) {
        return new Roster(
                new RosterSettings(
                        random.nextInt(4),
                        1,
                        1 + random.nextInt(4),
                        1 + random.nextInt(4),
                        coordinators,
                        allocation,
                        Duration.ofSeconds(10),
                        failures),
                1_000L * random.nextInt(2));
    }
}
