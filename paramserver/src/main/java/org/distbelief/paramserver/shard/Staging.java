package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.distbelief.paramserver.rule.UpdateContext;
import org.distbelief.paramserver.rule.UpdateRule;

/**
 * Where one push is received whole before any of it is applied. Cut like the vectors; reused. For one thread at once.
 */
final class Staging {
    /** Floats that are copied, checked or updated at a time, so that they stay in the first-level cache. */
    static final int BLOCK = 2048;

    private static final int EXPONENT = 0x0080_0000;

    private final Spare spare;
    private final float[][] gradient;
    /** Chunks that hold something. */
    private final List<Integer> used = new ArrayList<>();

    private final int[] bits = new int[BLOCK];
    private final float[] blockParameters = new float[BLOCK];
    private final float[] blockGradient = new float[BLOCK];
    private final float[][] blockState;

    Staging(Chunks chunks, int stateVectors, Spare spare) {
        this.spare = spare;
        this.gradient = new float[chunks.count()][];
        this.blockState = new float[stateVectors][BLOCK];
    }

    /**
     * Copies part of a segment's gradient.
     *
     * @param chunkLength length of the segment's chunk
     * @param offset of the first float within the chunk
     * @param from little-endian; its position moves behind the floats
     * @return whether all of them are finite
     */
    boolean copy(int chunk, int chunkLength, int offset, int length, ByteBuffer from) {
        if (gradient[chunk] == null) {
            gradient[chunk] = spare.take(chunkLength);
            used.add(chunk);
        }
        float[] target = gradient[chunk];
        FloatBuffer floats = from.asFloatBuffer();
        IntBuffer ints = from.asIntBuffer();
        int seen = 0;
        for (int done = 0; done < length; done += BLOCK) {
            int size = Math.min(BLOCK, length - done);
            floats.get(target, offset + done, size);
            ints.get(bits, 0, size);
            seen |= carries(bits, size);
        }
        from.position(from.position() + length * Float.BYTES);
        return seen >= 0;
    }

    /** Gives the memory back to whoever comes next. */
    private void clear() {
        for (int chunk : used) {
            spare.put(gradient[chunk]);
            gradient[chunk] = null;
        }
        used.clear();
    }

    /**
     * Memory that the areas share, so that parts of a shard's parameters which are pushed apart need no more than the
     * whole would.
     */
    static final class Spare {
        private final Map<Integer, Deque<float[]>> byLength = new HashMap<>();
        private long floats;

        synchronized float[] take(int length) {
            Deque<float[]> free = byLength.get(length);
            if (free != null && !free.isEmpty()) {
                return free.pop();
            }
            floats += length;
            return new float[length];
        }

        synchronized void put(float[] chunk) {
            byLength.computeIfAbsent(chunk.length, l -> new ArrayDeque<>()).push(chunk);
        }

        synchronized long floats() {
            return floats;
        }
    }

    /** Negative where one of the floats has an exponent of all ones: adding one to it carries into the sign. */
    private static int carries(int[] bits, int length) {
        int carries = 0;
        for (int i = 0; i < length; i++) {
            carries |= (bits[i] & Integer.MAX_VALUE) + EXPONENT;
        }
        return carries;
    }

    /** Applies a segment to the vectors' chunks; the caller holds the chunk's lock. */
    void apply(Chunks.Segment segment, UpdateRule rule, float[] parameters, float[][] state, UpdateContext context) {
        float[] staged = gradient[segment.chunk()];
        if (segment.whole()) {
            rule.apply(parameters, state, staged, segment.length(), context);
            return;
        }
        for (int done = 0; done < segment.length(); done += BLOCK) {
            int from = segment.from() + done;
            int size = Math.min(BLOCK, segment.length() - done);
            System.arraycopy(staged, from, blockGradient, 0, size);
            System.arraycopy(parameters, from, blockParameters, 0, size);
            for (int s = 0; s < state.length; s++) {
                System.arraycopy(state[s], from, blockState[s], 0, size);
            }
            rule.apply(blockParameters, blockState, blockGradient, size, context);
            System.arraycopy(blockParameters, 0, parameters, from, size);
            for (int s = 0; s < state.length; s++) {
                System.arraycopy(blockState[s], 0, state[s], from, size);
            }
        }
    }

    /** The areas that a shard has: so many pushes are received at the same time. */
    static final class Pool {
        private final List<Staging> free = new ArrayList<>();
        private final Semaphore permits;

        private final Spare spare = new Spare();

        Pool(int areas, Chunks chunks, int stateVectors) {
            this.permits = new Semaphore(areas, true);
            for (int i = 0; i < areas; i++) {
                free.add(new Staging(chunks, stateVectors, spare));
            }
        }

        /** Floats that all areas together have needed so far. */
        long floats() {
            return spare.floats();
        }

        /** An area for the caller alone, until it is put back. */
        Staging take(long patienceNanos) throws ShardException, InterruptedException {
            if (!permits.tryAcquire(patienceNanos, TimeUnit.NANOSECONDS)) {
                throw new ShardException(
                        ShardException.Kind.BUSY,
                        "other pushes have kept this shard's staging areas busy for " + Duration.ofNanos(patienceNanos)
                                + "; try again");
            }
            synchronized (free) {
                return free.remove(free.size() - 1);
            }
        }

        void put(Staging staging) {
            staging.clear();
            synchronized (free) {
                free.add(staging);
            }
            permits.release();
        }
    }
}
