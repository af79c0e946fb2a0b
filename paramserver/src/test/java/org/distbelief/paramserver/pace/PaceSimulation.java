package org.distbelief.paramserver.pace;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;
import org.distbelief.paramserver.RangeSet;

/**
 * Replicas of different and changing speeds over several shards, in virtual time and one thread: every message arrives
 * after a time of its own. Replicas take turns as the real ones do, pause, die without a word or with a closed
 * connection, and come back; shards start anew.
 */
final class PaceSimulation {
    private static final long SECOND = 1_000_000_000L;
    private static final long MOST_EVENTS = 5_000_000;
    private static final int PARTS = 3;

    final Random random;
    final List<Shard> shards = new ArrayList<>();
    final List<Replica> replicas = new ArrayList<>();
    private final Consistency consistency;
    private final Duration silence;
    private final int updates;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now;
    private long number;

    /** Probability, for each update of a replica, of a pause, of a death and of a shard's restart. */
    double pauses;

    double deaths;
    double restarts;

    private record Event(long time, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(time, other.time);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    /** @param silence after which a replica that others wait for no longer counts */
    PaceSimulation(
            Consistency consistency, int replicaCount, int shardCount, int updates, Duration silence, long seed) {
        this.consistency = consistency;
        this.silence = silence;
        this.updates = updates;
        this.random = new Random(seed);
        for (int i = 0; i < shardCount; i++) {
            shards.add(new Shard());
        }
        for (int i = 0; i < replicaCount; i++) {
            replicas.add(new Replica(i));
        }
    }

    private void after(double seconds, Runnable action) {
        events.add(new Event(now + (long) (seconds * SECOND), number++, action));
    }

    /** A message's time: mostly short, now and then longer than a step. */
    private double delay() {
        return random.nextInt(30) == 0 ? random.nextDouble() * 2 : random.nextDouble() * 0.02;
    }

    /** Runs until all replicas have made their updates. */
    void run() {
        replicas.forEach(replica -> after(random.nextDouble(), replica::start));
        for (long handled = 0; !events.isEmpty(); handled++) {
            if (handled > MOST_EVENTS) {
                throw new AssertionError("nobody gets on: " + replicas);
            }
            Event next = events.remove();
            now = next.time();
            next.action().run();
        }
    }

    double seconds() {
        return (double) now / SECOND;
    }

    /** A shard of {@link #PARTS} parts, and what it is seen to do. */
    final class Shard {
        private PaceKeeper keeper = keeper();
        private long version;

        /** Per replica, updates that have been applied or summed here whole, in its clock, while it takes part. */
        private final Map<Integer, Long> taken = new HashMap<>();

        /** Who has given what for each part since its last mean, and what each mean was made of. */
        private final Map<RangeSet, List<Given>> open = new HashMap<>();

        final List<Mean> means = new ArrayList<>();
        /** The versions at which gradients came too late. */
        final List<Long> dropped = new ArrayList<>();

        private PaceKeeper keeper() {
            return new PaceKeeper(consistency, 1, PARTS, silence, Duration.ZERO, () -> now, new PaceKeeper.Gathering() {
                @Override
                public void joined(RoundState.Participant participant) {}

                @Override
                public void left(int replica) {}

                @Override
                public void applyMean(RangeSet ranges, int gradients) {
                    List<Given> sum = open.computeIfAbsent(ranges, r -> new ArrayList<>());
                    if (sum.size() != gradients) {
                        throw new AssertionError("expected " + sum + ", found " + gradients + " gradients");
                    }
                    means.add(new Mean(version, taken.size(), ranges, List.copyOf(sum)));
                }

                @Override
                public void roundOver(long next, boolean updated) {
                    if (updated) {
                        version++;
                    }
                }
            });
        }

        private void restart() {
            keeper = keeper();
            taken.clear();
            open.clear();
        }

        private void push(Replica replica, long clock, int part) {
            RangeSet ranges = RangeSet.of(part, part + 1);
            boolean last = part == PARTS - 1;
            if (keeper.gathers()) {
                boolean counted = keeper.give(ranges, replica.index, replica.incarnation, clock, (first, round) -> {
                    List<Given> sum = open.computeIfAbsent(ranges, r -> new ArrayList<>());
                    if (first) {
                        sum.clear();
                    }
                    sum.add(new Given(replica.index, clock));
                });
                if (!counted) {
                    dropped.add(version);
                }
            } else {
                keeper.applied(replica.index, replica.incarnation, clock, last);
            }
            if (last) {
                taken.computeIfPresent(replica.index, (r, before) -> Math.max(before, clock + 1));
            }
        }

        private Turn.Answer turn(Replica replica, Turn turn) {
            Turn.Answer answer;
            try {
                answer = keeper.turn(turn, replica.connection);
            } catch (ReplacedReplicaException | InterruptedException e) {
                throw new AssertionError(e);
            }
            if (turn.clock() != Turn.UNKNOWN) {
                taken.merge(replica.index, answer.clock(), Math::max);
                if (answer.granted()) {
                    replica.furthestAhead = Math.max(
                            replica.furthestAhead,
                            turn.clock()
                                    - taken.values().stream()
                                            .mapToLong(Long::longValue)
                                            .min()
                                            .orElseThrow());
                }
            }
            return answer;
        }

        private void gone(Replica replica) {
            taken.remove(replica.index);
        }
    }

    /** A gradient that has been added to a sum. */
    record Given(int replica, long clock) {}

    /** A mean that was applied at a version, when so many replicas took part. */
    record Mean(long version, int members, RangeSet part, List<Given> of) {}

    /** A replica, as {@code Pacer} in the container module has it. */
    final class Replica {
        final int index;
        private final double speed = 0.05 + random.nextDouble();
        private long incarnation = 1;
        private Object connection = new Object();
        private boolean member;
        private long next;
        private int made;
        private int answers;
        private long latest;

        /** How far this one was ahead of the slowest, at most, when a shard let it go on. */
        long furthestAhead;

        Replica(int index) {
            this.index = index;
        }

        private void start() {
            latest = 0;
            if (member) {
                ask(next, true);
            } else {
                all(shard -> after(delay(), alive(() -> {
                    Turn.Answer answer = shard.turn(this, new Turn(index, incarnation, Turn.UNKNOWN));
                    after(delay(), alive(() -> answered(answer.clock(), () -> ask(Math.max(next, latest), true))));
                })));
            }
        }

        private void ask(long clock, boolean mayMove) {
            latest = clock;
            all(shard -> after(delay(), alive(() -> askUntilGranted(shard, clock, mayMove))));
        }

        private void askUntilGranted(Shard shard, long clock, boolean mayMove) {
            Turn.Answer answer = shard.turn(this, new Turn(index, incarnation, clock));
            if (!answer.granted()) {
                after(0.2 + delay(), alive(() -> askUntilGranted(shard, clock, mayMove)));
                return;
            }
            after(
                    delay(),
                    alive(() -> answered(answer.clock(), () -> {
                        if (mayMove && latest > clock) {
                            ask(latest, false);
                        } else {
                            member = true;
                            next = clock;
                            compute();
                        }
                    })));
        }

        private void answered(long clock, Runnable whenAll) {
            latest = Math.max(latest, clock);
            if (--answers == 0) {
                whenAll.run();
            }
        }

        private void compute() {
            double time = speed * (0.5 + random.nextDouble()) * (random.nextInt(20) == 0 ? 8 : 1);
            after(time, alive(() -> all(shard -> after(delay(), alive(() -> push(shard, 0))))));
        }

        private void push(Shard shard, int part) {
            shard.push(this, next, part);
            after(delay(), alive(() -> {
                if (part < PARTS - 1) {
                    push(shard, part + 1);
                } else {
                    answered(0, this::updated);
                }
            }));
        }

        private void updated() {
            next++;
            made++;
            if (random.nextDouble() < restarts) {
                shards.get(random.nextInt(shards.size())).restart();
            }
            if (made >= updates) {
                leave();
            } else if (random.nextDouble() < deaths) {
                die();
            } else if (random.nextDouble() < pauses) {
                leave();
                after(random.nextDouble() * 10, alive(this::start));
            } else {
                start();
            }
        }

        private void leave() {
            member = false;
            shards.forEach(shard -> {
                shard.gone(this);
                shard.keeper.leave(index, incarnation);
            });
        }

        /** Dies; half of the time its connections are closed, else nobody hears of it. */
        private void die() {
            Object broken = connection;
            boolean told = random.nextBoolean();
            shards.forEach(shard -> {
                shard.gone(this);
                if (told) {
                    shard.keeper.closed(broken);
                }
            });
            incarnation++;
            connection = new Object();
            member = false;
            next = 0;
            after(random.nextDouble() * 20, alive(this::start));
        }

        private void all(Consumer<Shard> action) {
            answers = shards.size();
            shards.forEach(action);
        }

        /** Nothing happens any more to a life that is over. */
        private Runnable alive(Runnable action) {
            long life = incarnation;
            return () -> {
                if (incarnation == life) {
                    action.run();
                }
            };
        }

        @Override
        public String toString() {
            return "replica " + index + (member ? "" : " (away)") + ": next " + next + ", made " + made;
        }
    }
}
