package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.kernel.VectorKernels;
import org.distbelief.paramserver.kernel.VectorStep;
import org.distbelief.paramserver.rule.StateVector;
import org.distbelief.paramserver.rule.UpdateContext;
import org.distbelief.paramserver.rule.UpdateRule;

/** Applies the update rule to a shard's vectors, chunk by chunk. For any number of threads. */
final class Updater {
    private static final int NOBODY = -1;

    private static final double[] NO_SUMS = {};

    private final UpdateRule rule;
    private final ShardKernels kernels;
    private final VectorBank bank;
    private final List<VectorName> state;
    private final FetchedCopies copies;
    private final VectorKernels vectors;

    Updater(UpdateRule rule, ShardKernels kernels, VectorBank bank, FetchedCopies copies) {
        this.rule = rule;
        this.kernels = kernels;
        this.bank = bank;
        this.state = rule.state().stream().map(StateVector::name).toList();
        this.copies = copies;
        this.vectors = kernels.vectors();
    }

    /**
     * Applies a push.
     *
     * @param gradient the floats of its ranges, from 0 on
     * @param here which segments are to be updated
     * @return nanoseconds for which it waited for chunks
     */
    long apply(PushHeader header, ByteBuffer gradient, UpdateContext context, Predicate<Chunks.Segment> here) {
        int replica = comparedWith(header);
        long waited = 0;
        for (Chunks.Piece piece : bank.chunks().pieces(header.ranges())) {
            if (here.test(piece.segment())) {
                waited += apply(piece.segment(), gradient, piece.offset(), replica, context);
            }
        }
        return waited;
    }

    /** Applies a gradient that is a vector of the shard. */
    void apply(RangeSet ranges, OffHeapVector gradient, UpdateContext context, Predicate<Chunks.Segment> here) {
        for (Chunks.Segment segment : bank.chunks().segments(ranges)) {
            if (here.test(segment)) {
                apply(segment, gradient.chunk(segment.chunk()), segment.from(), NOBODY, context);
            }
        }
    }

    private static int comparedWith(PushHeader header) {
        return header.versionAtFetch() >= 0 ? header.id().replica() : NOBODY;
    }

    /**
     * Adds a push to the vector that it names.
     *
     * @return whether the vector was there for all of it
     */
    boolean add(PushHeader header, ByteBuffer gradient, Predicate<Chunks.Segment> here) {
        VectorName into = header.into().orElseThrow();
        boolean there = true;
        for (Chunks.Piece piece : bank.chunks().pieces(header.ranges())) {
            Chunks.Segment segment = piece.segment();
            synchronized (bank.lock(segment.chunk())) {
                OffHeapVector vector = bank.find(into, segment.chunk());
                there &= vector != null;
                if (vector != null && here.test(segment)) {
                    // Rounding the sum in double to float is rounding it once: the same as adding in float.
                    VectorStep add = new VectorStep(
                            VectorStep.Kind.AXPY,
                            1,
                            vector.chunk(segment.chunk()),
                            segment.from(),
                            gradient,
                            piece.offset());
                    vectors.run(List.of(add), segment.length(), NO_SUMS);
                }
            }
        }
        return there;
    }

    /** Copies the parameters that a push is compared with, in the order of its gradient. */
    void copyFetched(PushHeader header, ByteBuffer into) {
        int replica = comparedWith(header);
        for (Chunks.Segment segment : bank.chunks().segments(header.ranges())) {
            synchronized (bank.lock(segment.chunk())) {
                ByteBuffer chunk = compared(replica, segment.chunk());
                into.put(chunk.slice(segment.from() * Float.BYTES, segment.length() * Float.BYTES));
            }
        }
    }

    private ByteBuffer compared(int replica, int chunk) {
        return replica == NOBODY ? chunk(VectorName.PARAMETERS, chunk) : copies.chunk(replica, chunk);
    }

    private ByteBuffer chunk(VectorName name, int chunk) {
        return bank.vector(name, chunk).chunk(chunk);
    }

    private long apply(Chunks.Segment segment, ByteBuffer gradient, int offset, int replica, UpdateContext context) {
        int chunk = segment.chunk();
        List<ByteBuffer> beside = new ArrayList<>(state.size() + 1);
        long asked = System.nanoTime();
        synchronized (bank.lock(chunk)) {
            long waited = System.nanoTime() - asked;
            state.forEach(name -> beside.add(chunk(name, chunk)));
            if (rule.comparesWithFetched()) {
                beside.add(compared(replica, chunk));
            }
            kernels.apply(
                    rule,
                    context,
                    chunk(VectorName.PARAMETERS, chunk),
                    beside,
                    segment.from(),
                    gradient,
                    offset,
                    segment.length());
            return waited;
        }
    }
}
