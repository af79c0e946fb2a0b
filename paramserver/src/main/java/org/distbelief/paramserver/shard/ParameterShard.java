package org.distbelief.paramserver.shard;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.ParameterLayout;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
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
public final class ParameterShard {
    private final int index;
    private final long generation;
    private final UpdateRule rule;
    private final VersionedRate rate;
    private final VectorBank bank;
    private final float[][] parameters;
    private final List<float[][]> state;
    private final Staging.Pool staging;
    private final long patienceNanos;
    private final PushLog log = new PushLog();
    private final AtomicLong version = new AtomicLong();
    private final ShardCounters.Live counters = new ShardCounters.Live();
    private final Staleness.Recorder staleness = new Staleness.Recorder();

    /** A shard whose rule always has its whole learning rate. */
    public ParameterShard(int index, long generation, RangeSet ranges, UpdateRule rule, Duration patience) {
        this(index, generation, ranges, rule, VersionedRate.constant(), patience);
    }

    /**
     * Allocates the shard's vectors: parameters of 0, the rule's state at its initial values.
     *
     * @param index the shard's index in the shard map
     * @param generation which life of the shard this is; requests for another are refused
     * @param ranges what the shard holds
     * @param rate the factor of the rule's learning rate, by this shard's version and the push's staleness
     * @param patience how long a push may wait for a staging area, or for an earlier copy of itself
     */
    public ParameterShard(
            int index, long generation, RangeSet ranges, UpdateRule rule, VersionedRate rate, Duration patience) {
        this.index = index;
        this.generation = generation;
        this.rule = rule;
        this.rate = rate;
        Map<VectorName, Float> vectors = new HashMap<>();
        vectors.put(VectorName.PARAMETERS, 0f);
        rule.state().forEach(s -> vectors.put(s.name(), s.initial()));
        this.bank = new VectorBank(ranges, vectors);
        this.parameters = bank.vector(VectorName.PARAMETERS);
        this.state = bank.vectorsOf(rule.state().stream().map(StateVector::name).toList());
        this.staging = new Staging.Pool(ShardMemory.STAGING_AREAS, bank.chunks(), state.size());
        this.patienceNanos = patience.toNanos();
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
     * Starts a push.
     *
     * @return takes the gradient; to be closed
     * @throws ShardException for another generation, parameters that are not here, or where other pushes keep the shard
     *     busy for longer than its patience
     */
    public PushSession push(PushHeader header) throws ShardException, InterruptedException {
        check(header.generation());
        check(header.ranges());
        try {
            Staging area = staging.take(patienceNanos);
            return new PushSession(this, header, bank.chunks().segments(header.ranges()), area, staging::put);
        } catch (ShardException e) {
            throw refused(e);
        }
    }

    PushReceipt apply(PushHeader header, List<Chunks.Segment> segments, Staging received, boolean finite)
            throws ShardException, InterruptedException {
        counters.bytesIn.add(header.ranges().size() * Float.BYTES);
        PushLog.Entry entry = log.entry(header.id().replica(), header.id().partition());
        if (!entry.lock.tryLock(patienceNanos, TimeUnit.NANOSECONDS)) {
            throw refused(new ShardException(
                    ShardException.Kind.BUSY, "another push of the same partition is still being applied; try again"));
        }
        try {
            if (entry.isDuplicate(header.id(), header.previous())) {
                counters.duplicates.increment();
                return new PushReceipt(version.get(), 0, true);
            }
            if (!finite) {
                counters.notFinite.increment();
                throw new ShardException(
                        ShardException.Kind.NOT_FINITE,
                        header.id() + " holds NaN or an infinity and was not applied: the training diverges;"
                                + " lower the learning rate or use a warm start");
            }
            boolean known = header.versionAtFetch() >= 0;
            long before = version.get();
            long stale = known ? Math.max(0, before - header.versionAtFetch()) : 0;
            update(segments, received, new UpdateContext(before, stale, rate.factor(before, stale)));
            entry.applied(header.id());
            if (known) {
                staleness.record(stale);
            }
            counters.pushes.increment();
            return new PushReceipt(header.counts() ? version.incrementAndGet() : version.get(), stale, false);
        } catch (ShardException e) {
            throw refused(e);
        } finally {
            entry.lock.unlock();
        }
    }

    private void update(List<Chunks.Segment> segments, Staging received, UpdateContext context) {
        float[][] chunkState = new float[state.size()][];
        for (Chunks.Segment segment : segments) {
            int chunk = segment.chunk();
            for (int s = 0; s < chunkState.length; s++) {
                chunkState[s] = state.get(s)[chunk];
            }
            synchronized (bank.lock(chunk)) {
                received.apply(segment, rule, parameters[chunk], chunkState, context);
            }
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
                Float.BYTES * (bank.ranges().size() * (1 + state.size()) + staging.floats()),
                version.get(),
                counters.get(),
                staleness.get(),
                log.snapshot());
    }
}
