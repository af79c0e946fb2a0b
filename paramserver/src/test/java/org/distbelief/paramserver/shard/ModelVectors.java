package org.distbelief.paramserver.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.distbelief.paramserver.Initialisation;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardOperation;
import org.distbelief.paramserver.algebra.ShardProgram;

/** What vectors should be after programs, computed as simply as can be. */
public final class ModelVectors {
    private final int size;
    private final Map<VectorName, float[]> vectors = new TreeMap<>();

    /** Parameters of 0. */
    public ModelVectors(int size) {
        this.size = size;
        vectors.put(VectorName.PARAMETERS, new float[size]);
    }

    /** The vectors' names. */
    public Set<VectorName> names() {
        return vectors.keySet();
    }

    /** A vector that there is. */
    public float[] vector(VectorName name) {
        return Objects.requireNonNull(vectors.get(name));
    }

    /** Runs a program that can be run; gives its results. */
    public List<Double> run(ShardProgram program) {
        List<Double> results = new ArrayList<>();
        for (ShardOperation operation : program.operations()) {
            if (operation instanceof ShardOperation.Fill fill) {
                set(fill.vector(), i -> (float) fill.value());
            } else if (operation instanceof ShardOperation.Random random) {
                float scale = (float) random.scale();
                set(random.vector(), i -> new Initialisation.Uniform(-scale, scale).at(random.seed(), i));
            } else if (operation instanceof ShardOperation.Copy copy) {
                float[] from = vector(copy.from());
                set(copy.to(), i -> from[i]);
            } else if (operation instanceof ShardOperation.Scale scale) {
                float[] to = vector(scale.vector());
                set(scale.vector(), i -> (float) (scale.factor() * to[i]));
            } else if (operation instanceof ShardOperation.Axpy axpy) {
                float[] from = vector(axpy.from());
                float[] to = vector(axpy.to());
                set(axpy.to(), i -> (float) (to[i] + axpy.factor() * from[i]));
            } else if (operation instanceof ShardOperation.Multiply multiply) {
                float[] by = vector(multiply.by());
                float[] to = vector(multiply.vector());
                set(multiply.vector(), i -> to[i] * by[i]);
            } else if (operation instanceof ShardOperation.Dot dot) {
                results.add(dot(dot.left(), dot.right()));
            } else if (operation instanceof ShardOperation.Norm norm) {
                results.add(Math.sqrt(dot(norm.vector(), norm.vector())));
            } else if (operation instanceof ShardOperation.Swap swap) {
                float[] one = vector(swap.one());
                vectors.put(swap.one(), vector(swap.other()));
                vectors.put(swap.other(), one);
            } else if (operation instanceof ShardOperation.Free free) {
                vectors.remove(free.vector());
            }
        }
        return results;
    }

    private double dot(VectorName left, VectorName right) {
        float[] a = vector(left);
        float[] b = vector(right);
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private interface Element {
        float at(int index);
    }

    private void set(VectorName name, Element element) {
        float[] vector = vectors.computeIfAbsent(name, n -> new float[size]);
        for (int i = 0; i < size; i++) {
            vector[i] = element.at(i);
        }
    }
}
