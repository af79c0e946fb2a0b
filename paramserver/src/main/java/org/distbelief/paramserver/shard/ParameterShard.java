package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.ParameterLayout;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.load.Latency;
import org.distbelief.paramserver.load.LatencyRecorder;
import org.distbelief.paramserver.load.ShardLoad;
import org.distbelief.paramserver.rule.StateVector;
import org.distbelief.paramserver.rule.UpdateContext;
import org.distbelief.paramserver.rule.UpdateRule;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.storage.AppliedPushes;

/**
 * One shard of the parameters (paper, section 4.1): keeps its ranges of the parameters and of the update rule's state,
 * serves fetches and applies pushes, each exactly once. For use by any number of threads. Pushes of different
 * partitions run side by side, chunk by chunk; there is no order among them and a fetch sees each chunk at whatever
 * update it is at.
 */
public final class ParameterShard implements AutoCloseable {
    private final int index;
    private final long generation;
    private final UpdateRule rule;
    private final VersionedRate rate;
    private final ShardKernels kernels;
    private final ParallelPieces workers;
    private final VectorBank bank;
    private final OffHeapVector parameters;
    private final List<OffHeapVector> state;
    private final long patienceNanos;
    private final PushLog log = new PushLog();
    private final AtomicLong version = new AtomicLong();
    private final ShardCounters.Live counters = new ShardCounters.Live();
    private final Staleness.Recorder staleness = new Staleness.Recorder();
    private final LatencyRecorder lockWaits = new LatencyRecorder();

    /** A shard whose rule always has its whole learning rate, and that applies a push in the caller's thread. */
    public ParameterShard(int index, long generation, RangeSet ranges, UpdateRule rule, Duration patience) {
        this(index, generation, ranges, rule, VersionedRate.constant(), patience, ShardKernels.best(), 1);
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
     * @param threads threads that apply a push together, the caller's among them; at least 1
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
            int threads) {
        this.index = index;
        this.generation = generation;
        this.rule = rule;
        this.rate = rate;
        this.kernels = kernels;
        Map<VectorName, Float> vectors = new HashMap<>();
        vectors.put(VectorName.PARAMETERS, 0f);
        rule.state().forEach(s -> vectors.put(s.name(), s.initial()));
        this.bank = new VectorBank(ranges, vectors);
        this.parameters = bank.vector(VectorName.PARAMETERS);
        this.state = bank.vectorsOf(rule.state().stream().map(StateVector::name).toList());
        this.patienceNanos = patience.toNanos();
        this.workers = new ParallelPieces(threads);
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
        version.set(restoredVersion);
        log.restore(pushes);
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
        return version.get();
    }

    /**
     * Part of a vector, ready to be read.
     *
     * @param version updates that the shard had applied before the first chunk was read
     * @param reader reads it
     */
    public record Fetched(long version, VectorReader reader) {}

    /**
     * Starts a fetch.
     *
     * @throws ShardException for another generation, or for a vector or parameters that are not here
     */
    public Fetched fetch(long asked, VectorName vector, RangeSet ranges) throws ShardException {
        check(asked);
        check(ranges);
        check(List.of(vector));
        counters.fetches.increment();
        counters.bytesOut.add(ranges.size() * Float.BYTES);
        return new Fetched(version.get(), bank.reader(vector, ranges));
    }

    /**
     * Starts to overwrite part of a vector.
     *
     * @return hands out the memory, see {@link VectorReader#overwriteNext}
     * @throws ShardException for another generation, or for a vector or parameters that are not here
     */
    public VectorReader store(long asked, VectorName vector, RangeSet ranges) throws ShardException {
        check(asked);
        check(ranges);
        check(List.of(vector));
        counters.bytesIn.add(ranges.size() * Float.BYTES);
        return bank.reader(vector, ranges);
    }

    /**
     * Applies a push, exactly once.
     *
     * @param gradient direct, little-endian; from its position to its limit the floats of the header's ranges in
     *     ascending order of their index
     * @throws ShardException for another generation, parameters that are not here, a gradient that is longer than a
     *     push may be or has not the length of its ranges, one that is not finite, a push that comes after a missing
     *     one or from a process that has been replaced, or where an earlier copy of the push keeps the shard busy for
     *     longer than its patience; nothing has been applied then
     */
    public PushReceipt push(PushHeader header, ByteBuffer gradient) throws ShardException, InterruptedException {
        check(header.generation());
        check(header.ranges());
        checkLength(header, gradient.remaining());
        counters.bytesIn.add(gradient.remaining());
        PushLog.Entry entry = entry(header.id());
        long asked = System.nanoTime();
        if (!entry.lock.tryLock(patienceNanos, TimeUnit.NANOSECONDS)) {
            throw refused(new ShardException(
                    ShardException.Kind.BUSY, "another push of the same partition is still being applied; try again"));
        }
        try {
            if (entry.isDuplicate(header.id())) {
                counters.duplicates.increment();
                return new PushReceipt(version.get(), 0, true);
            }
            return applied(header, gradient, entry, System.nanoTime() - asked);
        } catch (ShardException e) {
            throw refused(e);
        } finally {
            entry.lock.unlock();
        }
    }

    private PushLog.Entry entry(PushId id) throws ShardException {
        try {
            return log.entry(id.replica(), id.partition());
        } catch (ShardException e) {
            throw refused(e);
        }
    }

    private PushReceipt applied(PushHeader header, ByteBuffer gradient, PushLog.Entry entry, long waited)
            throws ShardException {
        ByteBuffer floats = gradient.slice().order(gradient.order());
        if (!kernels.finite(floats, 0, floats.capacity() / Float.BYTES)) {
            counters.notFinite.increment();
            throw new ShardException(
                    ShardException.Kind.NOT_FINITE,
                    header.id() + " holds NaN or an infinity and was not applied: the training diverges;"
                            + " lower the learning rate or use a warm start");
        }
        boolean known = header.versionAtFetch() >= 0;
        long before = version.get();
        long stale = known ? Math.max(0, before - header.versionAtFetch()) : 0;
        long waitedForChunks = update(
                bank.chunks().pieces(header.ranges()),
                floats,
                new UpdateContext(before, stale, rate.factor(before, stale)));
        lockWaits.record(waited + waitedForChunks);
        entry.applied(header.id(), header.last());
        if (!header.last()) {
            return new PushReceipt(version.get(), stale, false);
        }
        counters.pushes.increment();
        if (!header.counts()) {
            return new PushReceipt(version.get(), stale, false);
        }
        if (known) {
            staleness.record(stale);
        }
        return new PushReceipt(version.incrementAndGet(), stale, false);
    }

    /** Applies a gradient; tells for how many nanoseconds its threads waited for chunks. */
    private long update(List<Chunks.Piece> pieces, ByteBuffer gradient, UpdateContext context) {
        LongAdder waited = new LongAdder();
        workers.forEach(pieces, piece -> {
            int chunk = piece.segment().chunk();
            List<ByteBuffer> chunkState =
                    state.stream().map(vector -> vector.chunk(chunk)).toList();
            long asked = System.nanoTime();
            synchronized (bank.lock(chunk)) {
                waited.add(System.nanoTime() - asked);
                kernels.apply(
                        rule,
                        context,
                        parameters.chunk(chunk),
                        chunkState,
                        piece.segment().from(),
                        gradient,
                        piece.offset(),
                        piece.segment().length());
            }
        });
        return waited.sum();
    }

    private void checkLength(PushHeader header, int bytes) throws ShardException {
        long floats = header.ranges().size();
        if (floats > PushHeader.MOST_FLOATS) {
            throw refused(new ShardException(
                    ShardException.Kind.WRONG_RANGES,
                    "expected a push of at most " + PushHeader.MOST_FLOATS + " parameters, found one of " + floats
                            + "; send a larger gradient in several pushes"));
        }
        if (bytes != floats * Float.BYTES) {
            throw refused(new ShardException(
                    ShardException.Kind.WRONG_RANGES,
                    "expected " + floats * Float.BYTES + " bytes of gradient for " + header.ranges() + ", found "
                            + bytes));
        }
    }

    /** Checks that a request is meant for this generation. */
    public void check(long asked) throws ShardException {
        if (asked != generation) {
            throw refused(new ShardException(
                    ShardException.Kind.STALE_GENERATION,
                    "expected a request for generation " + generation + " of shard " + index
                            + ", found one for generation " + asked));
        }
    }

    /** Checks that the shard keeps these vectors. */
    public void check(List<VectorName> vectors) throws ShardException {
        for (VectorName vector : vectors) {
            if (!bank.names().contains(vector)) {
                throw refused(new ShardException(
                        ShardException.Kind.WRONG_RANGES,
                        "expected one of the vectors " + bank.names() + " of shard " + index + ", found " + vector));
            }
        }
    }

    private void check(RangeSet ranges) throws ShardException {
        if (ranges.isEmpty() || !bank.ranges().contains(ranges)) {
            throw refused(new ShardException(
                    ShardException.Kind.WRONG_RANGES,
                    "expected parameters within " + bank.ranges() + " of shard " + index + ", found " + ranges));
        }
    }

    private ShardException refused(ShardException e) {
        counters.refused.increment();
        return e;
    }

    /**
     * What was applied, once every push under way now is done. Taken after the vectors were copied it names every push
     * of which the copy holds any part, so that a restored shard never applies one twice.
     */
    public List<AppliedPushes> settledPushes() {
        return log.settled();
    }

    /** The shard's state, for whoever asks and whatever generation he has in mind. */
    public ShardStatus status() {
        return new ShardStatus(
                index,
                generation,
                bank.ranges().size(),
                bank.bytes(),
                version.get(),
                counters.get(),
                staleness.get(),
                log.snapshot(),
                ShardLoad.UNKNOWN);
    }

    /** How long pushes have waited for locks: for other pushes of their partition, and for chunks that others held. */
    public Latency lockWait() {
        return lockWaits.get();
    }

    /** Ends the threads that help to apply pushes; none may be under way. */
    @Override
    public void close() {
        workers.close();
    }
}
