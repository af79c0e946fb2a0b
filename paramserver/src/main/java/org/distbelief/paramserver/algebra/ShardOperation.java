package org.distbelief.paramserver.algebra;

import java.util.List;
import org.distbelief.paramserver.VectorName;

/**
 * What a shard can be told to do with its part of named vectors (paper, section 4.2). All vectors cover the same
 * parameters. Elements are computed and kept in the vectors' precision, {@link Dot} and {@link Norm} add up in double.
 */
public sealed interface ShardOperation {
    /** The vectors that must be there. */
    List<VectorName> reads();

    /** vector = value. Makes the vector where it is not there. */
    record Fill(VectorName vector, double value) implements ShardOperation {
        @Override
        public List<VectorName> reads() {
            return List.of();
        }
    }

    /**
     * Every element of the vector drawn evenly from [-scale, scale], by the seed and its flat index alone. Makes the
     * vector where it is not there.
     */
    record Random(VectorName vector, long seed, double scale) implements ShardOperation {
        /** @throws IllegalArgumentException where the scale is no finite float from 0 on */
        public Random {
            if (!(scale >= 0 && scale <= Float.MAX_VALUE)) {
                throw new IllegalArgumentException(
                        "expected a scale from 0 to " + Float.MAX_VALUE + ", found " + scale);
            }
        }

        @Override
        public List<VectorName> reads() {
            return List.of();
        }
    }

    /** to = from. Makes the vector {@code to} where it is not there. */
    record Copy(VectorName from, VectorName to) implements ShardOperation {
        @Override
        public List<VectorName> reads() {
            return List.of(from);
        }
    }

    /** vector = factor * vector. */
    record Scale(VectorName vector, double factor) implements ShardOperation {
        @Override
        public List<VectorName> reads() {
            return List.of(vector);
        }
    }

    /** to = to + factor * from. */
    record Axpy(double factor, VectorName from, VectorName to) implements ShardOperation {
        @Override
        public List<VectorName> reads() {
            return List.of(from, to);
        }
    }

    /** vector = vector * by, element by element. */
    record Multiply(VectorName by, VectorName vector) implements ShardOperation {
        @Override
        public List<VectorName> reads() {
            return List.of(by, vector);
        }
    }

    /** The inner product of two vectors, or of one with itself: a result. */
    record Dot(VectorName left, VectorName right) implements ShardOperation {
        @Override
        public List<VectorName> reads() {
            return List.of(left, right);
        }
    }

    /** The Euclidean length of a vector: a result. */
    record Norm(VectorName vector) implements ShardOperation {
        @Override
        public List<VectorName> reads() {
            return List.of(vector);
        }
    }

    /** The two vectors change names. */
    record Swap(VectorName one, VectorName other) implements ShardOperation {
        @Override
        public List<VectorName> reads() {
            return List.of(one, other);
        }
    }

    /** The vector and its memory go. */
    record Free(VectorName vector) implements ShardOperation {
        @Override
        public List<VectorName> reads() {
            return List.of(vector);
        }
    }

    /** Whether it has a result. */
    default boolean hasResult() {
        return this instanceof Dot || this instanceof Norm;
    }
}
