package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.function.Predicate;
import org.distbelief.paramserver.RangeSet;

/**
 * The sum of the gradients that a shard gathers before it applies their mean. Not one of the bank's vectors: it is no
 * part of a checkpoint. For any number of threads, each on other parameters.
 */
final class GradientSum {
    private static final int BLOCK = 2048;

    private final Chunks chunks;
    private final OffHeapVector vector;

    /** Allocates the sum. */
    GradientSum(Chunks chunks) {
        this.chunks = chunks;
        this.vector = new OffHeapVector(chunks, 0);
    }

    OffHeapVector vector() {
        return vector;
    }

    /**
     * Adds a gradient.
     *
     * @param gradient the floats of the ranges, from 0 on
     * @param first whether it takes the place of what was there
     * @param here which segments are to be changed
     */
    void add(RangeSet ranges, ByteBuffer gradient, boolean first, Predicate<Chunks.Segment> here) {
        for (Chunks.Piece piece : chunks.pieces(ranges)) {
            if (!here.test(piece.segment())) {
                continue;
            }
            ByteBuffer into = vector.view(piece.segment());
            ByteBuffer from = gradient.slice(piece.offset() * Float.BYTES, into.capacity())
                    .order(gradient.order());
            if (first) {
                into.put(from);
            } else {
                add(into.asFloatBuffer(), from.asFloatBuffer());
            }
        }
    }

    private static void add(FloatBuffer into, FloatBuffer from) {
        float[] sum = new float[Math.min(BLOCK, into.capacity())];
        float[] addend = new float[sum.length];
        for (int start = 0; start < into.capacity(); start += BLOCK) {
            int length = Math.min(BLOCK, into.capacity() - start);
            into.get(start, sum, 0, length);
            from.get(start, addend, 0, length);
            for (int i = 0; i < length; i++) {
                sum[i] += addend[i];
            }
            into.put(start, sum, 0, length);
        }
    }

    /** Makes the sum a mean. */
    void divide(RangeSet ranges, int gradients, Predicate<Chunks.Segment> here) {
        if (gradients > 1) {
            chunks.segments(ranges).stream()
                    .filter(here)
                    .forEach(segment -> divide(vector.view(segment).asFloatBuffer(), gradients));
        }
    }

    private static void divide(FloatBuffer values, int divisor) {
        float[] block = new float[Math.min(BLOCK, values.capacity())];
        for (int start = 0; start < values.capacity(); start += BLOCK) {
            int length = Math.min(BLOCK, values.capacity() - start);
            values.get(start, block, 0, length);
            for (int i = 0; i < length; i++) {
                block[i] /= divisor;
            }
            values.put(start, block, 0, length);
        }
    }
}
