package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.ParameterLayout;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.load.Latency;
import org.distbelief.paramserver.load.LatencyRecorder;
import org.distbelief.paramserver.load.ShardLoad;
import org.distbelief.paramserver.pace.PaceKeeper;
import org.distbelief.paramserver.pace.ReplacedReplicaException;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.rule.UpdateContext;
import org.distbelief.paramserver.rule.UpdateRule;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.storage.AppliedPushes;
import org.jspecify.annotations.Nullable;

/**
 * One shard of the parameters (paper, section 4.1): keeps its ranges of the parameters and of the update rule's state,
 * serves fetches and applies pushes, each exactly once. For use by any number of threads. Pushes of different
 * partitions run side by side, chunk by chunk; there is no order among them and a fetch sees each chunk at whatever
 * update it is at.
 */
public final class ParameterShard {
    private final int index;
    private final long generation;
    private final VersionedRate rate;
    private final ShardKernels kernels;
    private final ShardState state;
    private final VectorBank bank;
    private final Changes changes;
    private final RequestChecks checks;
    private final PaceKeeper pace;
    private final long patienceNanos;
    private final ShardCounters.Live counters = new ShardCounters.Live();
    private final Staleness.Recorder staleness = new Staleness.Recorder();
    private final LatencyRecorder lockWaits = new LatencyRecorder();

    private volatile Supplier<CopyStatus> copy = () -> CopyStatus.ALONE;

    /** A shard whose rule always has its whole learning rate. */
    public ParameterShard(int index, long generation, RangeSet ranges, UpdateRule rule, Duration patience) {
        this(index, generation, ranges, rule, VersionedRate.constant(), patience, ShardKernels.best());
    }

    /** A shard whose replicas run as far apart as they like. */
    public ParameterShard(
            int index,
            long generation,
            RangeSet ranges,
            UpdateRule rule,
            VersionedRate rate,
            Duration patience,
            ShardKernels kernels) {
        this(index, generation, ranges, rule, rate, patience, kernels, Pacing.asynchronous());
    }

    /**
     * Allocates the shard's vectors: parameters of 0, the rule's state at its initial values.
     *
     * @param index the shard's index in the shard map
     * @param generation which life of the shard this is; requests for another are refused
     * @param ranges what the shard holds
     * @param rate the factor of the rule's learning rate, by this shard's version and the push's staleness
     * @param patience how long a push may wait for an earlier copy of itself
     * @param kernels the arithmetic
     * @param pacing how far the replicas may run apart
     * @throws OutOfMemoryError where the vectors are more than the limit of direct memory
     */
    public ParameterShard(
            int index,
            long generation,
            RangeSet ranges,
            UpdateRule rule,
            VersionedRate rate,
            Duration patience,
            ShardKernels kernels,
            Pacing pacing) {
        this.index = index;
        this.generation = generation;
        this.rate = rate;
        this.kernels = kernels;
        this.patienceNanos = patience.toNanos();
        this.state = new ShardState(ranges, rule, kernels, pacing);
        this.bank = state.bank();
        this.changes = new Changes(state, rule);
        this.checks = new RequestChecks(index, generation, bank, counters);
        this.pace = pacing.keeper(ranges.size(), new PaceChanges(change -> make(change, null), state, rate));
    }

    /** Tells these of every change from now on; before the shard serves. */
    public void tell(Followers all) {
        changes.tell(all);
        copy = all::status;
    }

    /** What a standby is filled from. */
    public ShardSource source() {
        return new ShardSource(state, changes);
    }

    /** Refuses requests from now on. */
    public void retire() {
        checks.serving(false);
    }

    /**
     * Becomes the standby of a process that serves the shard; before this one serves.
     *
     * @return takes the changes that the other is told of
     */
    public StandbyShard follow() {
        retire();
        StandbyShard standby = new StandbyShard(this, state);
        copy = standby::status;
        return standby;
    }

    /** Serves, in the place of the process that this one has followed. */
    void promote(Followers all) {
        pace.restore(state.standing().rounds());
        tell(all);
        checks.serving(true);
    }

    /** Gives the parameters the first values that the layout says. */
    public void initialise(ParameterLayout layout, long seed) {
        for (Block block : layout.blocks()) {
            RangeSet here = bank.ranges()
                    .intersect(RangeSet.of(block.range().start(), block.range().end()));
            bank.fill(VectorName.PARAMETERS, here, i -> block.initialisation().at(seed, i));
        }
    }

    /** Goes on after a checkpoint whose vectors have been read into {@link #bank}; before the shard serves. */
    public void restore(long restoredVersion, List<AppliedPushes> pushes) {
        state.restore(restoredVersion);
        state.log().restore(pushes);
    }

    public int index() {
        return index;
    }

    public long generation() {
        return generation;
    }

    public RangeSet ranges() {
        return bank.ranges();
    }

    /** The shard's vectors. */
    public VectorBank bank() {
        return bank;
    }

    /** Updates applied. */
    public long version() {
        return state.version();
    }

    /** A fetch for nobody in particular, of floats that travel as they are. */
    public Fetched fetch(long asked, VectorName vector, RangeSet ranges) throws ShardException {
        return fetch(asked, vector, ranges, OptionalInt.empty(), Encoding.FLOAT32);
    }

    /**
     * Starts a fetch.
     *
     * @param keptFor the replica that will compute a gradient from these parameters: where the rule compares with them,
     *     the shard keeps a copy of what is read
     * @param encoding how the floats travel; whoever reads them encodes them
     * @throws ShardException for another generation, or for a vector or parameters that are not here
     */
    public Fetched fetch(long asked, VectorName vector, RangeSet ranges, OptionalInt keptFor, Encoding encoding)
            throws ShardException {
        check(asked);
        checks.ranges(ranges);
        check(List.of(vector));
        counters.fetches.increment();
        counters.bytesOut.add(encoding.bytes(ranges.size()));
        boolean kept = keptFor.isPresent() && vector.equals(VectorName.PARAMETERS);
        return new Fetched(
                version(), kept ? state.copies().reader(keptFor.getAsInt(), ranges) : bank.reader(vector, ranges));
    }

    /**
     * A replica's turn, where the job bounds how far they may run apart: waits for the others at most 2 s.
     *
     * @param connection by which it asks; {@link #closed} must tell its end
     * @throws ShardException for another generation, or where a later incarnation of the replica takes part
     */
    public Turn.Answer turn(long asked, Turn turn, Object connection) throws ShardException, InterruptedException {
        Turn.Answer answer = takeTurn(asked, turn, connection);
        // Whoever goes on relies on the round before being over, also for a standby that takes over.
        changes.await();
        return answer;
    }

    /**
     * {@link #turn} without waiting for the followers: it must not be answered before everything that they have been
     * told so far may be acknowledged.
     */
    public Turn.Answer takeTurn(long asked, Turn turn, Object connection) throws ShardException, InterruptedException {
        check(asked);
        try {
            return pace.turn(turn, connection);
        } catch (ReplacedReplicaException e) {
            throw checks.refused(new ShardException(ShardException.Kind.ZOMBIE_PUSH, e.getMessage() + "", e));
        }
    }

    /** A replica has nothing to do for now: the others need not wait for it before it asks for its turn again. */
    public void leave(long asked, int replica, long incarnation) throws ShardException {
        check(asked);
        pace.leave(replica, incarnation);
    }

    /** A connection is gone, by which replicas may have asked for their {@link #turn}. */
    public void closed(Object connection) {
        pace.closed(connection);
    }

    /**
     * Starts to overwrite part of a vector; not where there may be a standby, which would not be told.
     *
     * @return hands out the memory, see {@link VectorReader#overwriteNext}
     * @throws ShardException for another generation, for a vector or parameters that are not here, or where there may
     *     be a standby
     */
    public VectorReader store(long asked, VectorName vector, RangeSet ranges) throws ShardException {
        check(asked);
        checks.ranges(ranges);
        check(List.of(vector));
        if (changes.followers() != null) {
            throw checks.refused(new ShardException(
                    ShardException.Kind.WRONG_RANGES,
                    "expected a shard without a standby for what is stored, found " + "shard " + index
                            + ", which has one by shards.replication"));
        }
        counters.bytesIn.add(ranges.size() * Float.BYTES);
        return bank.reader(vector, ranges);
    }

    /**
     * Applies a push, exactly once; or, where the replicas go in step, adds it to those whose mean is applied together.
     *
     * @param gradient direct, little-endian; from its position to its limit the floats of the header's ranges in
     *     ascending order of their index, decoded
     * @throws ShardException for another generation, parameters that are not here, a gradient that is longer than a
     *     push may be or has not the length of its ranges, one that is not finite, a push that comes after a missing
     *     one or from a process that has been replaced, or where an earlier copy of the push keeps the shard busy for
     *     longer than its patience; nothing has been applied then
     */
    public PushReceipt push(PushHeader header, ByteBuffer gradient) throws ShardException, InterruptedException {
        PushReceipt receipt = take(header, gradient);
        changes.await();
        return receipt;
    }

    /**
     * {@link #push} without waiting for the followers: it must not be acknowledged before everything that they have
     * been told so far may be.
     */
    public PushReceipt take(PushHeader header, ByteBuffer gradient) throws ShardException, InterruptedException {
        check(header.generation());
        checks.ranges(header.ranges());
        checks.length(header, gradient.remaining());
        counters.bytesIn.add(header.encoding().bytes(header.ranges().size()));
        try {
            return inOrder(header, gradient);
        } catch (ShardException e) {
            throw checks.refused(e);
        }
    }

    private PushReceipt inOrder(PushHeader header, ByteBuffer gradient) throws ShardException, InterruptedException {
        PushLog.Entry entry =
                state.log().entry(header.id().replica(), header.id().partition());
        long asked = System.nanoTime();
        if (!entry.lock.tryLock(patienceNanos, TimeUnit.NANOSECONDS)) {
            throw new ShardException(
                    ShardException.Kind.BUSY, "another push of the same partition is still being applied; try again");
        }
        try {
            if (entry.isDuplicate(header.id())) {
                counters.duplicates.increment();
                return new PushReceipt(version(), 0, true);
            }
            return applied(header, gradient, System.nanoTime() - asked);
        } finally {
            entry.lock.unlock();
        }
    }

    private PushReceipt applied(PushHeader header, ByteBuffer gradient, long waited) throws ShardException {
        if (!kernels.finite(gradient.slice().order(gradient.order()), 0, gradient.remaining() / Float.BYTES)) {
            counters.notFinite.increment();
            throw new ShardException(
                    ShardException.Kind.NOT_FINITE,
                    header.id() + " holds NaN or an infinity and was not applied: the training diverges;"
                            + " lower the learning rate or use a warm start");
        }
        boolean known = header.versionAtFetch() >= 0;
        long before = version();
        long stale = known ? Math.max(0, before - header.versionAtFetch()) : 0;
        boolean counts = header.last() && header.counts();
        boolean dropped = false;
        if (pace.gathers()) {
            dropped = !gathered(header, gradient);
            lockWaits.record(waited);
        } else {
            UpdateContext context = new UpdateContext(before, stale, rate.factor(before, stale));
            lockWaits.record(waited + make(new Change.Applied(header, context), gradient));
            pace.applied(header.id().replica(), header.id().incarnation(), header.clock(), counts);
        }
        if (header.last()) {
            counters.pushes.increment();
        }
        if (known && counts) {
            staleness.record(stale);
        }
        return new PushReceipt(version(), stale, false, dropped);
    }

    /** Makes a change; returns the nanoseconds for which it waited for chunks. */
    private long make(Change change, @Nullable ByteBuffer gradient) {
        ShardState.Effect effect = changes.make(change, gradient);
        if (effect.dropped()) {
            counters.dropped.increment();
        }
        return effect.waitedNanos();
    }

    private boolean gathered(PushHeader header, ByteBuffer gradient) throws ShardException {
        boolean taken;
        try {
            taken = pace.give(
                    header.ranges(),
                    header.id().replica(),
                    header.id().incarnation(),
                    header.clock(),
                    (first, round) -> make(new Change.Gathered(header, first, round), gradient));
        } catch (IllegalArgumentException e) {
            throw new ShardException(ShardException.Kind.WRONG_RANGES, e.getMessage() + "", e);
        }
        if (!taken) {
            make(new Change.Late(header), null);
        }
        return taken;
    }

    /** Checks that a request is meant for this generation, and that it serves. */
    public void check(long asked) throws ShardException {
        checks.generation(asked);
    }

    /** Checks that the shard keeps these vectors. */
    public void check(List<VectorName> vectors) throws ShardException {
        checks.vectors(vectors);
    }

    /**
     * What was applied, once every push under way now is done. Taken after the vectors were copied it names every push
     * of which the copy holds any part, so that a restored shard never applies one twice.
     */
    public List<AppliedPushes> settledPushes() {
        return state.log().settled();
    }

    /** The shard's state, for whoever asks and whatever generation he has in mind. */
    public ShardStatus status() {
        return new ShardStatus(
                index,
                generation,
                bank.ranges().size(),
                state.bytes(),
                version(),
                counters.get(),
                staleness.get(),
                state.log().snapshot(),
                copy.get(),
                ShardLoad.UNKNOWN);
    }

    /** How long pushes have waited for locks: for other pushes of their partition, and for chunks that others held. */
    public Latency lockWait() {
        return lockWaits.get();
    }
}
