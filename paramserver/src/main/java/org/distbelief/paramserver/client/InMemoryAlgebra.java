package org.distbelief.paramserver.client;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.distbelief.paramserver.Initialisation;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardOperation;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.shard.ShardException;

/** Vectors of doubles in this process: for optimisers without shards, and for tests. For one thread. */
public final class InMemoryAlgebra implements VectorAlgebra {
    private final int length;
    private final Map<VectorName, double[]> vectors = new HashMap<>();

    /** @param length elements of each vector */
    public InMemoryAlgebra(int length) {
        if (length < 0) {
            throw new IllegalArgumentException("expected a length of at least 0, found " + length);
        }
        this.length = length;
    }

    /** Makes or overwrites a vector with a copy of these values. */
    public void set(VectorName vector, double[] values) {
        if (values.length != length) {
            throw new IllegalArgumentException(
                    "expected " + length + " values for vector " + vector + ", found " + values.length);
        }
        vectors.put(vector, values.clone());
    }

    /**
     * A copy of a vector's values.
     *
     * @throws ShardException where there is no such vector
     */
    public double[] get(VectorName vector) throws ShardException {
        require(vectors.keySet(), vector);
        return at(vector).clone();
    }

    /** The names of all vectors. */
    public Set<VectorName> names() {
        return new TreeSet<>(vectors.keySet());
    }

    @Override
    public double[] run(ShardProgram program) throws ShardException {
        checkVectors(program);
        double[] results = new double[program.results()];
        int next = 0;
        for (ShardOperation operation : program.operations()) {
            if (operation instanceof ShardOperation.Dot dot) {
                results[next++] = inner(at(dot.left()), at(dot.right()));
            } else if (operation instanceof ShardOperation.Norm norm) {
                results[next++] = Math.sqrt(inner(at(norm.vector()), at(norm.vector())));
            } else {
                change(operation);
            }
        }
        return results;
    }

    /** Before anything is changed: whether every vector is there when its turn comes. */
    private void checkVectors(ShardProgram program) throws ShardException {
        Set<VectorName> there = new HashSet<>(vectors.keySet());
        for (ShardOperation operation : program.operations()) {
            for (VectorName vector : operation.reads()) {
                require(there, vector);
            }
            if (operation instanceof ShardOperation.Fill fill) {
                there.add(fill.vector());
            } else if (operation instanceof ShardOperation.Random random) {
                there.add(random.vector());
            } else if (operation instanceof ShardOperation.Copy copy) {
                there.add(copy.to());
            } else if (operation instanceof ShardOperation.Free free) {
                there.remove(free.vector());
            }
        }
    }

    private void change(ShardOperation operation) {
        if (operation instanceof ShardOperation.Fill fill) {
            Arrays.fill(made(fill.vector()), fill.value());
        } else if (operation instanceof ShardOperation.Random random) {
            draw(made(random.vector()), random.seed(), random.scale());
        } else if (operation instanceof ShardOperation.Copy copy) {
            double[] from = at(copy.from());
            System.arraycopy(from, 0, made(copy.to()), 0, length);
        } else if (operation instanceof ShardOperation.Scale scale) {
            scale(at(scale.vector()), scale.factor());
        } else if (operation instanceof ShardOperation.Axpy axpy) {
            axpy(axpy.factor(), at(axpy.from()), at(axpy.to()));
        } else if (operation instanceof ShardOperation.Multiply multiply) {
            multiply(at(multiply.by()), at(multiply.vector()));
        } else if (operation instanceof ShardOperation.Swap swap) {
            double[] one = at(swap.one());
            vectors.put(swap.one(), at(swap.other()));
            vectors.put(swap.other(), one);
        } else if (operation instanceof ShardOperation.Free free) {
            vectors.remove(free.vector());
        } else {
            throw new IllegalArgumentException("expected an operation on vectors, found " + operation);
        }
    }

    private static void draw(double[] vector, long seed, double scale) {
        Initialisation uniform = new Initialisation.Uniform(-1, 1);
        for (int i = 0; i < vector.length; i++) {
            // Rounding can reach the upper end, which is not part of the interval.
            double unit = uniform.at(seed, i);
            vector[i] = scale * (unit < 1 ? unit : Math.nextDown(1f));
        }
    }

    private static void scale(double[] vector, double factor) {
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= factor;
        }
    }

    private static void axpy(double factor, double[] from, double[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * from[i];
        }
    }

    private static void multiply(double[] by, double[] vector) {
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= by[i];
        }
    }

    private static double inner(double[] left, double[] right) {
        double sum = 0;
        for (int i = 0; i < left.length; i++) {
            sum += left[i] * right[i];
        }
        return sum;
    }

    private double[] made(VectorName vector) {
        return vectors.computeIfAbsent(vector, name -> new double[length]);
    }

    private double[] at(VectorName vector) {
        double[] values = vectors.get(vector);
        if (values == null) {
            throw new IllegalStateException("expected vector " + vector + ", which was checked, found none");
        }
        return values;
    }

    private static void require(Set<VectorName> there, VectorName vector) throws ShardException {
        if (!there.contains(vector)) {
            throw new ShardException(
                    ShardException.Kind.NO_VECTOR,
                    "expected one of the vectors " + new TreeSet<>(there) + ", found '" + vector + "'");
        }
    }
}
