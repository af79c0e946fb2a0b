package org.distbelief.appmaster.sandblaster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.distbelief.container.coordinator.Beat;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.container.coordinator.WorkReport;

/**
 * A job of Sandblaster: replicas, coordinators and shards, in virtual time and one thread. Processes die and come back,
 * are taken for dead and live on; messages are late, lost or come twice. After every batch the gradient at each shard
 * must be the sum over its portions, each once.
 */
final class SandblasterSimulation {
    /**
     * @param portions of the split
     * @param batch examples of a batch; 0 for all
     * @param batches how many to compute
     * @param millis a replica's time for a mini-batch; one for each replica
     * @param miniBatches of a portion, at most
     * @param trouble probability that something is wrong with a message
     * @param faults probability that something dies, every 50 ms
     */
    record Setup(
            BoardRules rules,
            int portions,
            long batch,
            int batches,
            int shards,
            List<Double> millis,
            int miniBatches,
            long pushMillis,
            double trouble,
            double faults) {}

    private static final long QUIET_FROM = 40_000;
    private static final long MOST_MILLIS = 400_000;
    private static final long FAULT_MILLIS = 50;

    final Setup setup;
    final Random random;
    final SimulatedNetwork network;
    final SimulatedShards shards;

    private final Sample sample;
    private final List<SimulatedReplica> replicas = new ArrayList<>();
    private final List<SimulatedReplica> strays = new ArrayList<>();
    /** Replicas that never come back. */
    private final Set<Integer> gone = new HashSet<>();

    private final List<SimulatedCoordinator> coordinators = new ArrayList<>();
    private final List<BatchPortion> split = new ArrayList<>();
    private long incarnations;
    private int finished;

    /** What has come out. */
    final List<Long> batchMillis = new ArrayList<>();

    final List<BatchTally> tallies = new ArrayList<>();
    int replicaDeaths;
    int coordinatorDeaths;

    SandblasterSimulation(Setup setup, long seed) {
        this.setup = setup;
        this.random = new Random(new SplittableRandom(seed).nextLong());
        this.network = new SimulatedNetwork(random, setup.trouble(), QUIET_FROM);
        this.shards = new SimulatedShards(network, random, setup.shards(), setup.portions() + 1);
        for (int i = 0; i < setup.portions(); i++) {
            split.add(new BatchPortion(i, 1 + i % 7, List.of("node" + i % 3, "node" + (i / 3) % 3)));
        }
        this.sample = new Sample(split, setup.batch(), seed);
        coordinators.add(new SimulatedCoordinator(this, 1));
        coordinators.get(0).start();
        for (int i = 0; i < setup.millis().size(); i++) {
            replicas.add(born(i));
        }
        if (setup.faults() > 0) {
            network.after(FAULT_MILLIS, this::fault);
        }
    }

    private SimulatedReplica born(int number) {
        SimulatedReplica replica = new SimulatedReplica(
                this,
                number,
                ++incarnations,
                "node" + random.nextInt(4),
                setup.millis().get(number),
                random.nextBoolean());
        network.after(0, replica::start);
        return replica;
    }

    /** Runs until all batches are computed and checked. */
    void run() {
        while (batchesLeft()) {
            if (!network.step() || network.now() > MOST_MILLIS) {
                throw new AssertionError("batch " + finished + " does not end: "
                        + leader().board.portionsCounted()
                        + " of " + leader().board.portions() + " portions, leader of term " + leader().term + " "
                        + leader().board.tally() + ", " + replicas);
            }
        }
    }

    boolean batchesLeft() {
        return finished < setup.batches();
    }

    private SimulatedCoordinator leader() {
        return coordinators.get(coordinators.size() - 1);
    }

    // What replicas and coordinators ask.

    List<BatchPortion> batch() {
        return sample.draw(finished / 2);
    }

    int length() {
        return setup.portions() + 1;
    }

    boolean jitter() {
        return setup.trouble() > 0;
    }

    int miniBatches(int portion) {
        return jitter() ? 1 + portion % setup.miniBatches() : setup.miniBatches();
    }

    double loss(int portion) {
        return 3 * portion + 1;
    }

    long examples(int portion) {
        return split.get(portion).examples();
    }

    long pushMillis() {
        return jitter() ? random.nextInt(1 + (int) setup.pushMillis()) : setup.pushMillis();
    }

    private SimulatedCoordinator reached() {
        return random.nextInt(8) == 0 ? coordinators.get(random.nextInt(coordinators.size())) : leader();
    }

    void report(WorkReport report, String host, Consumer<WorkReply> reply) {
        SimulatedCoordinator to = reached();
        network.send(() -> to.report(
                report,
                host,
                answer -> network.send(() -> answer.ifPresentOrElse(reply, () -> refused(report.incarnation())))));
    }

    void beat(Beat beat, Consumer<Boolean> reply) {
        SimulatedCoordinator to = reached();
        network.send(() -> {
            boolean answer = to.beat(beat);
            network.send(() -> reply.accept(answer));
        });
    }

    private void refused(long incarnation) {
        strays.stream().filter(r -> r.incarnation == incarnation).forEach(SimulatedReplica::die);
        strays.removeIf(r -> !r.alive);
        assertThat(replicas).noneMatch(r -> r.alive && r.incarnation == incarnation);
    }

    // What goes wrong.

    private void fault() {
        if (network.quiet()) {
            replicas.stream()
                    .filter(r -> !r.alive && !gone.contains(r.replica))
                    .toList()
                    .forEach(r -> replicas.set(r.replica, born(r.replica)));
            return;
        }
        network.after(FAULT_MILLIS - 10 + random.nextInt(20), this::fault);
        if (random.nextDouble() >= setup.faults()) {
            return;
        }
        int dice = random.nextInt(20);
        int number = random.nextInt(replicas.size());
        if (dice == 0) {
            coordinatorDies();
        } else if (dice == 1) {
            leader().lost(number);
        } else if (dice == 2) {
            leader().beginAnew();
        } else if (dice < 18) {
            replicaDies(number, dice < 15);
        } else {
            replicas.stream().filter(r -> random.nextBoolean()).toList().forEach(r -> replicaDies(r.replica, true));
        }
    }

    private void coordinatorDies() {
        coordinatorDeaths++;
        SimulatedCoordinator old = leader();
        if (random.nextBoolean()) {
            old.die();
        }
        network.after(random.nextInt(2000), () -> {
            coordinators.add(new SimulatedCoordinator(this, leader().term + 1));
            leader().start();
        });
    }

    /** @param really whether it dies, or is replaced while it lives on */
    private void replicaDies(int number, boolean really) {
        SimulatedReplica old = replicas.get(number);
        if (!old.alive) {
            return;
        }
        replicaDeaths++;
        if (really) {
            old.die();
        } else {
            strays.add(old);
        }
        if (random.nextBoolean()) {
            network.after(random.nextInt(1000), () -> leader().lost(number));
        }
        if (really && gone.size() < replicas.size() / 2 && random.nextInt(4) == 0) {
            gone.add(number);
            return;
        }
        network.after(random.nextInt(3000), () -> {
            if (replicas.get(number) == old) {
                replicas.set(number, born(number));
            }
        });
    }

    // What must hold.

    /** All portions of the batch are won. */
    BatchTally won(SimulatedCoordinator coordinator) {
        BatchBoard board = coordinator.board;
        assertThat(board.done()).isTrue();
        if (coordinator != leader()) {
            // It may have been overtaken without knowing: what it believes goes nowhere.
            return board.tally();
        }
        List<BatchPortion> batch = batch();
        assertThat(board.lossSum())
                .isEqualTo(batch.stream().mapToDouble(p -> loss(p.id())).sum());
        assertThat(board.examples())
                .isEqualTo(batch.stream().mapToLong(BatchPortion::examples).sum());
        BatchTally tally = board.tally();
        assertThat(tally.portions().values().stream().mapToInt(n -> n).sum()).isEqualTo(batch.size());
        return tally;
    }

    /** All shards have the whole gradient. */
    void finished(SimulatedCoordinator coordinator, BatchTally tally) {
        if (coordinator != leader()) {
            return;
        }
        List<BatchPortion> batch = batch();
        long[] expected = new long[length()];
        for (BatchPortion portion : batch) {
            expected[portion.id()] = 1;
            expected[length() - 1] += portion.id() + 1L;
        }
        for (SimulatedShards.Shard shard : shards.shards) {
            assertThat(shard.vectors.get(SimulatedShards.GRADIENT)).isEqualTo(expected);
            if (setup.rules().deterministic()) {
                assertThat(shard.summed).isSorted();
            }
            assertThat(shard.vectors.keySet().stream()
                            .filter(name -> name.value().startsWith("push-" + coordinator.term + "-")))
                    .hasSizeLessThanOrEqualTo(setup.rules().pushesAtOnce());
        }
        tallies.add(tally);
        batchMillis.add(network.now() - coordinator.begunAt);
        finished++;
    }
}
