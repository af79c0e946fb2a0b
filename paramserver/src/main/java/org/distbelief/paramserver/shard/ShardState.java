package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.pace.RoundLog;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.rule.UpdateRule;
import org.jspecify.annotations.Nullable;

/**
 * What a shard consists of, and its standby too: vectors, what was applied, what is gathered. It changes by
 * {@link Change}s alone. Pushes of different partitions may be applied side by side; everything else by one thread at a
 * time.
 */
final class ShardState {
    private final VectorBank bank;
    private final FetchedCopies copies;
    private final Updater updater;
    private final @Nullable GradientSum sum;
    private final PushLog log = new PushLog();
    private final RoundLog rounds = new RoundLog();
    private final AtomicLong version = new AtomicLong();
    private final ProgramRun programs;
    private volatile ProgramAnswer answer = ProgramAnswer.NONE;

    /** The chunks that are there; null where all are. */
    private @Nullable BitSet filled;

    /**
     * What a change has led to.
     *
     * @param waitedNanos how long it waited for chunks that others held
     * @param dropped whether it ends an update of which a part came too late
     * @param missed whether the push that it is about did not count for want of its vector
     */
    record Effect(long waitedNanos, boolean dropped, boolean missed) {
        static final Effect NONE = new Effect(0, false);

        Effect(long waitedNanos, boolean dropped) {
            this(waitedNanos, dropped, false);
        }
    }

    /**
     * Allocates the vectors: parameters of 0, the rule's state at its initial values.
     *
     * @throws OutOfMemoryError where the vectors are more than the limit of direct memory
     */
    ShardState(RangeSet ranges, Holdings holdings, ShardKernels kernels) {
        UpdateRule rule = holdings.rule();
        Pacing pacing = holdings.pacing();
        Map<VectorName, Float> vectors = new HashMap<>();
        vectors.put(VectorName.PARAMETERS, 0f);
        rule.state().forEach(s -> vectors.put(s.name(), s.initial()));
        this.bank = new VectorBank(ranges, vectors, holdings.mostVectors());
        this.copies = new FetchedCopies(bank, rule.comparesWithFetched() ? pacing.replicas() : 0);
        this.updater = new Updater(rule, kernels, bank, copies);
        this.programs = new ProgramRun(bank, kernels.vectors());
        this.sum = pacing.gathers() ? new GradientSum(bank.chunks()) : null;
    }

    VectorBank bank() {
        return bank;
    }

    FetchedCopies copies() {
        return copies;
    }

    PushLog log() {
        return log;
    }

    long version() {
        return version.get();
    }

    /** The last program that was run. */
    ProgramAnswer answer() {
        return answer;
    }

    /** Goes on after a checkpoint, whose vectors have been read. */
    void restore(long restored) {
        version.set(restored);
    }

    long bytes() {
        return bank.bytes() + copies.bytes() + (sum == null ? 0 : bank.ranges().size() * Float.BYTES);
    }

    /**
     * Makes a change. The chunks that are not there yet are passed over: what they hold when they come contains it.
     *
     * @param gradient of a change that has one; its position and limit stay
     */
    Effect apply(Change change, @Nullable ByteBuffer gradient) {
        if (change instanceof Change.Applied applied) {
            long waited = updater.apply(applied.push(), floats(gradient), applied.context(), this::here);
            boolean dropped = logged(applied.push(), false);
            if (applied.push().last() && applied.push().counts()) {
                version.incrementAndGet();
            }
            return new Effect(waited, dropped);
        } else if (change instanceof Change.Gathered gathered) {
            PushHeader push = gathered.push();
            gathering().add(push.ranges(), floats(gradient), gathered.first(), this::here);
            rounds.gathered(push.ranges(), push.id().replica(), gathered.round());
            return new Effect(0, logged(push, false));
        } else if (change instanceof Change.Late late) {
            return new Effect(0, logged(late.push(), true));
        } else if (change instanceof Change.Added added) {
            PushHeader push = added.push();
            boolean there = updater.add(push, floats(gradient), this::here);
            boolean dropped = entry(push).applied(push.id(), push.last(), !there);
            return new Effect(0, dropped, !there);
        } else if (change instanceof Change.Ran ran) {
            run(ran.program());
        } else if (change instanceof Change.Answered answered) {
            answer = new ProgramAnswer(answer.term(), answer.sequence(), answered.results());
        } else if (change instanceof Change.Joined joined) {
            rounds.joined(joined.participant());
        } else if (change instanceof Change.Left left) {
            rounds.left(left.replica());
        } else if (change instanceof Change.Mean mean) {
            gathering().divide(mean.ranges(), mean.gradients(), this::here);
            updater.apply(mean.ranges(), gathering().vector(), mean.context(), this::here);
            rounds.closed(mean.ranges());
        } else if (change instanceof Change.RoundOver over) {
            rounds.over(over.next());
            if (over.updated()) {
                version.incrementAndGet();
            }
        }
        return Effect.NONE;
    }

    private void run(NumberedProgram numbered) {
        try {
            bank.prepare(numbered.program());
        } catch (ShardException e) {
            throw new IllegalArgumentException(
                    "expected a program that can be run here, found " + numbered + ": " + e.getMessage(), e);
        }
        List<Double> results = programs.run(numbered.program(), this::here);
        // Where chunks are missing these are not the results, which then come from the process that has all of them.
        answer = new ProgramAnswer(numbered.term(), numbered.sequence(), results);
    }

    private PushLog.Entry entry(PushHeader push) {
        return log.known(push.id().replica(), push.id().partition());
    }

    private static ByteBuffer floats(@Nullable ByteBuffer gradient) {
        if (gradient == null) {
            throw new IllegalArgumentException("expected a gradient");
        }
        return gradient.slice().order(gradient.order());
    }

    private GradientSum gathering() {
        GradientSum gathered = sum;
        if (gathered == null) {
            throw new IllegalArgumentException("expected a shard that gathers gradients");
        }
        return gathered;
    }

    private boolean logged(PushHeader push, boolean late) {
        boolean whole = push.last() && push.counts() && push.clock() != Turn.UNKNOWN;
        rounds.heard(push.id().replica(), push.id().incarnation(), whole ? push.clock() + 1 : push.clock());
        return entry(push).applied(push.id(), push.last(), late);
    }

    private boolean here(Chunks.Segment segment) {
        return here(segment.chunk());
    }

    private boolean here(int chunk) {
        BitSet there = filled;
        return there == null || there.get(chunk);
    }

    /** Copies the parameters that a push will be compared with. */
    void copyFetched(PushHeader push, ByteBuffer into) {
        updater.copyFetched(push, into);
    }

    /** Takes over the parameters that a push will be compared with. */
    void keepFetched(PushHeader push, ByteBuffer fetched) {
        for (Chunks.Piece piece : bank.chunks().pieces(push.ranges())) {
            if (here(piece.segment())) {
                copies.keep(push.id().replica(), piece, fetched);
            }
        }
    }

    Standing standing() {
        return new Standing(version.get(), log.logged(), rounds.state(), List.copyOf(bank.names()), answer);
    }

    /**
     * Begins to follow another: no chunk is there yet.
     *
     * @throws ShardException where the other has vectors that can't be had here; nothing has changed then
     */
    void follow(Standing standing) throws ShardException {
        bank.rename(new TreeSet<>(standing.vectors()));
        answer = standing.answer();
        copies.forget();
        filled = new BitSet();
        version.set(standing.version());
        log.follow(standing.pushes());
        rounds.restore(standing.rounds());
    }

    /**
     * Follows nobody any more; all chunks are there. What replicas have fetched since they pushed last is not known
     * here: each one's next push is compared with the parameters as they are.
     */
    void complete() {
        copies.forget();
        filled = null;
    }

    /** Share of the chunks that are there. */
    double filledShare() {
        BitSet there = filled;
        return there == null
                ? 1
                : (double) there.cardinality() / Math.max(1, bank.chunks().count());
    }

    boolean whole() {
        BitSet there = filled;
        return there == null || there.cardinality() == bank.chunks().count();
    }

    /** Bytes of a chunk of all vectors. */
    int bytesOfChunk(int chunk) {
        return bytesOfChunk(chunk, bank.names().size());
    }

    private int bytesOfChunk(int chunk, int vectors) {
        return bank.chunks().length(chunk) * Float.BYTES * (vectors + (sum == null ? 0 : 1));
    }

    /** Bytes of the longest chunk of as many vectors as there may be. */
    int longestChunk() {
        return IntStream.range(0, bank.chunks().count())
                .map(chunk -> bytesOfChunk(chunk, bank.most()))
                .max()
                .orElse(0);
    }

    /** Copies a chunk of every vector, in the order of their names, then of the sum. */
    void copyChunk(int chunk, ByteBuffer into) {
        synchronized (bank.lock(chunk)) {
            vectors().forEach(vector -> into.put(vector.chunk(chunk).duplicate()));
        }
    }

    /** Takes over what {@link #copyChunk} has copied elsewhere. */
    void fill(int chunk, ByteBuffer from) {
        synchronized (bank.lock(chunk)) {
            vectors().forEach(vector -> {
                ByteBuffer into = vector.chunk(chunk).duplicate();
                into.put(from.slice(from.position(), into.remaining()));
                from.position(from.position() + into.capacity());
            });
        }
        if (filled != null) {
            filled.set(chunk);
        }
    }

    private Stream<OffHeapVector> vectors() {
        Stream<OffHeapVector> kept = bank.names().stream().map(bank::vector);
        return sum == null ? kept : Stream.concat(kept, Stream.of(sum.vector()));
    }
}
