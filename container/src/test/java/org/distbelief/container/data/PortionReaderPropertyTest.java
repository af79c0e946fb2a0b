package org.distbelief.container.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.replica.MiniBatch;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the order of leases, drains and draws: every example of every lease is drawn exactly once. */
@Timeout(60)
class PortionReaderPropertyTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration GLANCE = Duration.ofMillis(1);

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 60);
    }

    /** A data set whose frames' numbers say which portion they are of. */
    private static final class World {
        final MemoryDataset data;
        final List<Set<Integer>> framesOf = new ArrayList<>();

        World(Random random) {
            MemoryDataset.Builder builder = MemoryDataset.Builder.speech();
            int frame = 0;
            int portions = 1 + random.nextInt(12);
            for (int p = 0; p < portions; p++) {
                builder.portion();
                Set<Integer> labelled = new HashSet<>();
                double chance = random.nextInt(4) == 0 ? 0 : random.nextDouble();
                int utterances = 1 + random.nextInt(6);
                for (int u = 0; u < utterances; u++) {
                    int[] labels = new int[random.nextInt(20)];
                    for (int i = 0; i < labels.length; i++, frame++) {
                        labels[i] = random.nextDouble() < chance ? random.nextInt(6) : -1;
                        if (labels[i] >= 0) {
                            labelled.add(frame);
                        }
                    }
                    builder.utterance(labels);
                }
                framesOf.add(labelled);
            }
            data = builder.build();
        }
    }

    /** What was drawn of which lease, and what the reader has told about it. */
    private static final class Account {
        private final World world;
        private final Map<Integer, List<Long>> leasesOfPortion = new HashMap<>();
        private final Map<Long, Integer> portionOf = new HashMap<>();
        private final Map<Integer, Integer> drawn = new HashMap<>();
        private final Set<Long> completed = new HashSet<>();

        Account(World world) {
            this.world = world;
        }

        void offered(Lease lease) {
            portionOf.put(lease.id(), lease.portion());
            leasesOfPortion
                    .computeIfAbsent(lease.portion(), p -> new ArrayList<>())
                    .add(lease.id());
        }

        void drawn(MiniBatch batch) {
            for (int frame : Batches.frames(batch)) {
                drawn.merge(frame, 1, Integer::sum);
            }
        }

        /** A lease is complete when as many examples of its portion are drawn as it and those before it hold. */
        void completed(List<Completed> told) {
            for (Completed done : told) {
                assertThat(completed.add(done.lease()))
                        .as("lease %s told once", done.lease())
                        .isTrue();
                int portion = Objects.requireNonNull(portionOf.get(done.lease()));
                assertThat(done.examples())
                        .isEqualTo(world.framesOf.get(portion).size());
            }
            leasesOfPortion.forEach((portion, leases) -> {
                int least = world.framesOf.get(portion).stream()
                        .mapToInt(frame -> drawn.getOrDefault(frame, 0))
                        .min()
                        .orElse(leases.size());
                int total = world.framesOf.get(portion).stream()
                        .mapToInt(frame -> drawn.getOrDefault(frame, 0))
                        .sum();
                long done = leases.stream().filter(completed::contains).count();
                assertThat(done).as("portion %s: no lease too early", portion).isLessThanOrEqualTo(least);
                if (total == world.framesOf.get(portion).size() * leases.size()) {
                    assertThat(done)
                            .as("portion %s: no lease too late", portion)
                            .isEqualTo(leases.size());
                }
            });
        }

        void requireAllExactlyOnce() {
            Map<Integer, Integer> expected = new HashMap<>();
            leasesOfPortion.forEach((portion, leases) ->
                    world.framesOf.get(portion).forEach(frame -> expected.put(frame, leases.size())));
            assertThat(drawn).isEqualTo(expected);
            assertThat(completed).isEqualTo(portionOf.keySet());
        }

        boolean finished() {
            return completed.size() == portionOf.size();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyExampleOfEveryLeaseIsDrawnExactlyOnce(long seed) throws Exception {
        try {
            run(seed);
        } catch (AssertionError e) {
            throw new AssertionError("with seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private static void run(long seed) throws Exception {
        Random random = new Random(seed);
        World world = new World(random);
        Account account = new Account(world);
        int context = random.nextInt(4);
        int miniBatch = 1 + random.nextInt(30);
        int shuffle = 1 + random.nextInt(150);
        int leases = 0;
        int most = 1 + random.nextInt(40);
        try (PortionReader reader = new PortionReader(
                world.data,
                world.data.split(),
                Batches.decoder(world.data, context),
                shuffle,
                miniBatch,
                new Random(seed))) {
            while (leases < most) {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        int portion = random.nextInt(world.framesOf.size());
                        Lease lease = new Lease(++leases, 0, portion, Kind.TRAIN);
                        account.offered(lease);
                        reader.offer(lease);
                        if (!world.framesOf.get(portion).isEmpty() && random.nextInt(5) == 0) {
                            reader.offer(lease);
                        }
                    }
                    case 1 -> reader.drain(random.nextBoolean());
                    default -> draw(world, reader, account, context, 1 + random.nextInt(miniBatch), GLANCE);
                }
                account.completed(reader.takeDrawnOut());
            }
            reader.drain(true);
            while (!account.finished()) {
                int got = draw(world, reader, account, context, 1 + random.nextInt(miniBatch), PATIENCE);
                account.completed(reader.takeDrawnOut());
                assertThat(got > 0 || account.finished())
                        .as("examples while leases are open")
                        .isTrue();
            }
            assertThat(draw(world, reader, account, context, 1, GLANCE)).isZero();
            account.requireAllExactlyOnce();
        }
        assertThat(world.data.leaked()).isZero();
    }

    private static int draw(
            World world, PortionReader reader, Account account, int context, int capacity, Duration bound)
            throws Exception {
        MiniBatch batch = Batches.batch(world.data, context, capacity);
        int got = reader.draw(batch, bound);
        if (got > 0) {
            assertThat(got).isEqualTo(batch.size());
            account.drawn(batch);
        }
        return got;
    }
}
