package org.distbelief.paramserver.standby;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.pace.Consistency;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.shard.Change;
import org.distbelief.paramserver.shard.Pacing;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardSource;
import org.distbelief.paramserver.shard.StandbyShard;
import org.distbelief.paramserver.storage.AppliedPushes;

/**
 * One shard with a standby, its replicas, ZooKeeper and the ApplicationMaster, in virtual time and one thread.
 * Processes die, stand still and come back as zombies, lose ZooKeeper and each other; messages are late or lost with
 * their connection; the ApplicationMaster takes living processes for dead. Gradients are of ones, so that a parameter
 * counts the pushes that have been applied to it.
 */
final class StandbySimulation {
    static final int CHUNK = 8;
    static final int CHUNKS = 4;
    private static final int STRIDE = 20;
    private static final int MOST_EVENTS = 3_000_000;
    private static final long SILENCE = 4000;

    final Random random;
    final SimulatedZooKeeper zookeeper;
    final List<SimulatedLine> lines = new ArrayList<>();
    private final VirtualTime time;
    private final Consistency consistency;
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final Map<Long, SimulatedCopy> copies = new TreeMap<>();
    private final Set<Long> believed = new HashSet<>();
    private final double trouble;
    private final long quietFrom;
    private SimulatedZooKeeper.View seen = SimulatedZooKeeper.View.NOTHING;
    private long seenAt;
    private long starts;
    private long servedAt;

    /** What has come out, for the test. */
    int compared;

    int promotions;
    int losses;
    int checkpoints;
    int strays;

    /** What has happened, for whoever looks into a failure. */
    final List<String> history = new ArrayList<>();

    /** Since the shard was last begun anew: what it began with, and what was sent and acknowledged of each chunk. */
    private SimulatedCheckpoint base = SimulatedCheckpoint.EMPTY;

    private SimulatedCheckpoint checkpoint;
    /** What a process began with that did not follow another. */
    private long begun;

    private final Map<Long, SimulatedCheckpoint> beginnings = new TreeMap<>();

    private final Map<Integer, Set<SimulatedClient.Sent>> sent = new TreeMap<>();
    private final Map<Integer, Set<SimulatedClient.Sent>> acknowledged = new TreeMap<>();

    /** @param trouble probability of a fault every 20 ms, until most of the time is over */
    StandbySimulation(Consistency consistency, int replicas, int updates, double trouble, long seed) {
        this.random = new Random(seed);
        this.time = new VirtualTime(random);
        this.consistency = consistency;
        this.trouble = trouble;
        this.quietFrom = 12_000;
        this.zookeeper = new SimulatedZooKeeper(time, () -> trouble > 0 && !quiet() && random.nextInt(30) == 0);
        for (int i = 0; i < replicas; i++) {
            clients.add(new SimulatedClient(this, time, i, updates, consistency instanceof Consistency.Synchronous));
            sent.put(i, new HashSet<>());
            acknowledged.put(i, new HashSet<>());
        }
        time.after(0, this::master);
        time.after(20, this::fault);
        time.after(5, this::look);
        time.after(300, this::save);
    }

    void note(String what) {
        history.add(time.now() + " " + what);
    }

    private boolean quiet() {
        return time.now() > quietFrom;
    }

    /** Runs until all pushes are acknowledged and the standby is as the shard; then counts. */
    void run() {
        for (int handled = 0; !clients.stream().allMatch(SimulatedClient::done) || !settled(); handled++) {
            if (handled > MOST_EVENTS) {
                throw new AssertionError("it hangs: " + seen + ", believed " + believed + ", living "
                        + copies.values().stream().filter(SimulatedCopy::alive).toList()
                        + ", clients " + clients);
            }
            time.step();
        }
        SimulatedCopy last = copies.get(seen.serving());
        check(last);
        for (SimulatedClient client : clients) {
            assertThat(acknowledged.get(client.number)).isEqualTo(sent.get(client.number));
        }
    }

    private boolean settled() {
        SimulatedCopy serving = copies.get(seen.serving());
        return serving != null
                && serving.alive()
                && serving.shard.status().copy().inSync();
    }

    static RangeSet ranges(List<Integer> chunks) {
        return RangeSet.of(chunks.stream()
                .map(c -> new Range((long) c * STRIDE, (long) c * STRIDE + CHUNK))
                .toList());
    }

    List<Integer> someChunks() {
        List<Integer> some = IntStream.range(0, CHUNKS)
                .filter(c -> random.nextBoolean())
                .boxed()
                .toList();
        return some.isEmpty() ? List.of(random.nextInt(CHUNKS)) : some;
    }

    SimulatedZooKeeper.View seen() {
        return seen;
    }

    SimulatedCopy copy(long start) {
        return copies.get(start);
    }

    private void look() {
        time.after(5, this::look);
        SimulatedZooKeeper.View now = zookeeper.view();
        long taken = time.now();
        time.after(time.delay(), () -> {
            if (taken > seenAt) {
                seenAt = taken;
                seen = now;
            }
        });
    }

    /** The ApplicationMaster: two processes, and a shard begun anew where nobody serves any more. */
    private void master() {
        time.after(100, this::master);
        believed.removeIf(start -> {
            boolean gone = !copies.get(start).alive();
            if (gone) {
                zookeeper.forget(start);
            }
            return gone;
        });
        if (seen.serving() != 0) {
            servedAt = time.now();
        }
        if (believed.isEmpty() || time.now() - servedAt > SILENCE) {
            beginAnew();
        } else if (believed.size() < 2) {
            launch(true);
        }
    }

    private void beginAnew() {
        note("the shard is begun anew; " + believed + " are stopped");
        for (SimulatedCopy copy : copies.values()) {
            assertThat(believed.contains(copy.start) && copy.reachesZooKeeper() && zookeeper.hasHeir(copy.start))
                    .as("generation %s may take over, but the shard is begun anew", copy.start)
                    .isFalse();
        }
        believed.forEach(start -> {
            copies.get(start).die();
            zookeeper.forget(start);
        });
        believed.clear();
        servedAt = time.now();
        launch(false);
    }

    private void launch(boolean standby) {
        Pacing pacing = new Pacing(consistency, clients.size(), 1, Duration.ofNanos(3), () -> 0);
        ParameterShard shard = new ParameterShard(
                0,
                ++starts,
                ranges(IntStream.range(0, CHUNKS).boxed().toList()),
                new Sgd(1),
                VersionedRate.constant(),
                Duration.ofMillis(1),
                ShardKernels.best(),
                pacing);
        if (!standby) {
            SimulatedCheckpoint from = checkpoint == null ? SimulatedCheckpoint.EMPTY : checkpoint;
            beginnings.put(starts, from);
            restore(shard, from);
        }
        copies.put(starts, new SimulatedCopy(this, time, starts, shard, standby));
        believed.add(starts);
    }

    private static void restore(ParameterShard shard, SimulatedCheckpoint from) {
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            ByteBuffer floats = ByteBuffer.allocateDirect(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (float value : from.chunks().get(chunk)) {
                floats.putFloat(value);
            }
            shard.bank().write(VectorName.PARAMETERS, ranges(List.of(chunk)), floats.flip());
        }
        shard.restore(from.version(), from.pushes());
    }

    /** A process that began from a checkpoint serves: what came after that checkpoint is lost, and known to be. */
    void begun(SimulatedCopy copy) {
        SimulatedCheckpoint from = beginnings.remove(copy.start);
        if (from == null) {
            // Done before, but the answer was lost.
            return;
        }
        if (copy.start > 1) {
            losses++;
        }
        base = from;
        begun = copy.start;
        note(copy.start + " registers, from " + base.pushes());
        acknowledged.values().forEach(Set::clear);
        clients.forEach(client -> sent.put(client.number, new HashSet<>(client.unacknowledged)));
    }

    void promoted(SimulatedCopy copy) {
        promotions++;
        note(copy.start + " is promoted with " + copy.shard.status().pushes());
        check(copy);
    }

    /** Everything acknowledged is there, and nothing twice. */
    private void check(SimulatedCopy copy) {
        List<AppliedPushes> log = copy.shard.status().pushes();
        for (SimulatedClient client : clients) {
            long applied = log.stream()
                    .filter(p -> p.replica() == client.number)
                    .mapToLong(AppliedPushes::sequence)
                    .findFirst()
                    .orElse(0);
            for (SimulatedClient.Sent push : acknowledged.get(client.number)) {
                assertThat(applied).as("pushes of replica %s", client.number).isGreaterThanOrEqualTo(push.sequence());
            }
            for (int chunk = 0; consistency instanceof Consistency.Asynchronous && chunk < CHUNKS; chunk++) {
                long counted =
                        Math.round(base.chunks().get(chunk)[client.number] - values(copy.shard, chunk)[client.number]);
                assertThat(counted)
                        .as("pushes of replica %s in chunk %s", client.number, chunk)
                        .isBetween(count(acknowledged, client, chunk), count(sent, client, chunk));
            }
        }
    }

    private long count(Map<Integer, Set<SimulatedClient.Sent>> pushes, SimulatedClient client, int chunk) {
        long before = base.sequence(client.number);
        return pushes.get(client.number).stream()
                .filter(push -> push.sequence() > before && push.chunks().contains(chunk))
                .count();
    }

    private static float[] values(ParameterShard shard, int chunk) {
        ByteBuffer floats = ByteBuffer.allocateDirect(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        shard.bank().reader(VectorName.PARAMETERS, ranges(List.of(chunk))).readAll(floats);
        float[] values = new float[CHUNK];
        floats.flip().asFloatBuffer().get(values);
        return values;
    }

    /** Copies the vectors a chunk at a time, while pushes come. */
    private void save() {
        time.after(300 + random.nextInt(600), this::save);
        SimulatedCopy serving = copies.get(seen.serving());
        if (serving != null && serving.serving && serving.alive()) {
            save(serving, new ArrayList<>());
        }
    }

    private void save(SimulatedCopy serving, List<float[]> chunks) {
        if (!serving.alive() || copies.get(seen.serving()) != serving) {
            return;
        }
        if (chunks.size() < CHUNKS) {
            chunks.add(values(serving.shard, chunks.size()));
            time.after(1 + random.nextInt(10), () -> save(serving, chunks));
        } else {
            note("checkpoint of " + serving.start + ": " + serving.shard.settledPushes());
            checkpoint = new SimulatedCheckpoint(chunks, serving.shard.version(), serving.shard.settledPushes());
            checkpoints++;
        }
    }

    private void fault() {
        time.after(20, this::fault);
        if (quiet() || random.nextDouble() >= trouble) {
            return;
        }
        List<SimulatedCopy> living =
                copies.values().stream().filter(SimulatedCopy::alive).toList();
        if (living.isEmpty()) {
            return;
        }
        SimulatedCopy copy = living.get(random.nextInt(living.size()));
        int fault = random.nextInt(8);
        note("fault " + fault + " of " + copy.start);
        switch (fault) {
            case 0, 1 -> copy.die();
            case 2 -> copy.pause(random.nextInt(3000));
            case 3 -> copy.cutOff(random.nextInt(2500));
            case 4, 5, 6 -> {
                lines.removeIf(line -> line.isCut());
                if (!lines.isEmpty()) {
                    lines.get(random.nextInt(lines.size())).cut();
                }
            }
            default -> {
                // Taken for lost, though it lives.
                if (believed.size() > 1) {
                    believed.remove(copy.start);
                }
            }
        }
    }

    /** Something that does not belong to the link reaches a standby: nothing must change. */
    void stray(SimulatedCopy copy) {
        if (!copy.follows()) {
            return;
        }
        int before = fingerprint(copy.shard);
        StandbyShard standby = copy.standby();
        StandbyShard.Link other = new StandbyShard.Link(random.nextInt(3), random.nextInt(3));
        for (StandbyShard.Link link : List.of(other, copy.followed())) {
            try {
                standby.apply(link, 1_000_000 + random.nextInt(10), new Change.RoundOver(7, true), null, null);
                throw new AssertionError("a stray message was taken");
            } catch (ShardException e) {
                strays++;
            }
        }
        assertThat(fingerprint(copy.shard)).isEqualTo(before);
    }

    void sent(SimulatedClient client, SimulatedClient.Sent push) {
        sent.get(client.number).add(push);
    }

    /**
     * What a process has acknowledged from whom the shard was taken by one begun anew is lost, however late it comes.
     */
    void acknowledged(SimulatedClient client, SimulatedCopy by, SimulatedClient.Sent push, PushReceipt receipt) {
        assertThat(receipt.staleness()).isZero();
        if (by.start >= begun) {
            acknowledged.get(client.number).add(push);
        } else {
            sent.get(client.number).remove(push);
        }
    }

    void refused(ShardException e) {
        assertThat(e.kind()).as(e.getMessage()).isIn(ShardException.Kind.STALE_GENERATION, ShardException.Kind.BUSY);
    }

    /** Everything that a shard's state consists of, as a number. */
    int fingerprint(ParameterShard shard) {
        ShardSource source = shard.source();
        int hash = source.standing().hashCode();
        ByteBuffer chunk = ByteBuffer.allocateDirect(source.longestChunk()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < source.chunks(); i++) {
            source.copyChunk(i, chunk.clear());
            hash = 31 * hash + chunk.flip().hashCode();
        }
        return hash;
    }
}
