package org.distbelief.paramserver.algebra;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.paramserver.VectorName;

/**
 * Operations that a shard carries out one after the other: all of them, or none where a vector is missing. Immutable.
 *
 * @param operations at most {@link #MOST_OPERATIONS}
 */
public record ShardProgram(List<ShardOperation> operations) {
    /** More than an iteration with the longest history takes. */
    public static final int MOST_OPERATIONS = 4096;

    /** Copies the list. */
    public ShardProgram {
        operations = List.copyOf(operations);
        if (operations.size() > MOST_OPERATIONS) {
            throw new IllegalArgumentException(
                    "expected at most " + MOST_OPERATIONS + " operations, found " + operations.size());
        }
    }

    /** How many results it has. */
    public int results() {
        return (int) operations.stream().filter(ShardOperation::hasResult).count();
    }

    /** This program and then another one, as one. */
    public ShardProgram then(ShardProgram next) {
        List<ShardOperation> both = new ArrayList<>(operations);
        both.addAll(next.operations);
        return new ShardProgram(both);
    }

    /** Begins a program. */
    public static Builder begin() {
        return new Builder();
    }

    /** Writes a program, operation by operation. For one thread. */
    public static final class Builder {
        private final List<ShardOperation> operations = new ArrayList<>();

        private Builder add(ShardOperation operation) {
            operations.add(operation);
            return this;
        }

        /** {@link ShardOperation.Fill}. */
        public Builder fill(VectorName vector, double value) {
            return add(new ShardOperation.Fill(vector, value));
        }

        /** {@link ShardOperation.Random}. */
        public Builder random(VectorName vector, long seed, double scale) {
            return add(new ShardOperation.Random(vector, seed, scale));
        }

        /** {@link ShardOperation.Copy}. */
        public Builder copy(VectorName from, VectorName to) {
            return add(new ShardOperation.Copy(from, to));
        }

        /** {@link ShardOperation.Scale}. */
        public Builder scale(VectorName vector, double factor) {
            return add(new ShardOperation.Scale(vector, factor));
        }

        /** {@link ShardOperation.Axpy}. */
        public Builder axpy(double factor, VectorName from, VectorName to) {
            return add(new ShardOperation.Axpy(factor, from, to));
        }

        /** {@link ShardOperation.Multiply}. */
        public Builder multiply(VectorName by, VectorName vector) {
            return add(new ShardOperation.Multiply(by, vector));
        }

        /** {@link ShardOperation.Dot}. */
        public Builder dot(VectorName left, VectorName right) {
            return add(new ShardOperation.Dot(left, right));
        }

        /** {@link ShardOperation.Norm}. */
        public Builder norm(VectorName vector) {
            return add(new ShardOperation.Norm(vector));
        }

        /** {@link ShardOperation.Swap}. */
        public Builder swap(VectorName one, VectorName other) {
            return add(new ShardOperation.Swap(one, other));
        }

        /** {@link ShardOperation.Free}. */
        public Builder free(VectorName vector) {
            return add(new ShardOperation.Free(vector));
        }

        /** The program so far. */
        public ShardProgram end() {
            return new ShardProgram(operations);
        }
    }
}
