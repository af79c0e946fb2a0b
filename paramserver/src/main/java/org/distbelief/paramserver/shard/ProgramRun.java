package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.distbelief.paramserver.Initialisation;
import org.distbelief.paramserver.algebra.ShardOperation;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.kernel.VectorKernels;
import org.distbelief.paramserver.kernel.VectorStep;

/**
 * Runs programs on a bank's vectors in one pass over memory, see {@link VectorKernels#run}. For one thread at a time.
 */
final class ProgramRun {
    private final VectorBank bank;
    private final VectorKernels kernels;

    ProgramRun(VectorBank bank, VectorKernels kernels) {
        this.bank = bank;
        this.kernels = kernels;
    }

    /**
     * Runs a program that the bank is {@link VectorBank#prepare prepared} for.
     *
     * @param here the chunks whose elements are to be computed
     * @return the results of the chunks that are; of a {@link ShardOperation.Norm} the sum of squares
     */
    List<Double> run(ShardProgram program, IntPredicate here) {
        ResolvedProgram resolved = bank.begin(program);
        double[] results = new double[program.results()];
        for (int chunk = 0; chunk < bank.chunks().count(); chunk++) {
            synchronized (bank.lock(chunk)) {
                if (here.test(chunk)) {
                    run(chunk, resolved.steps(), results);
                }
                bank.done(chunk + 1);
            }
        }
        bank.end(resolved);
        List<Double> all = new ArrayList<>(results.length);
        for (double result : results) {
            all.add(result);
        }
        return all;
    }

    private void run(int chunk, List<ResolvedProgram.Step> steps, double[] results) {
        int length = bank.chunks().length(chunk);
        List<VectorStep> next = new ArrayList<>(steps.size());
        int done = 0;
        for (ResolvedProgram.Step step : steps) {
            ByteBuffer to = step.to().chunk(chunk);
            if (step.operation() instanceof ShardOperation.Random random) {
                done = run(next, length, results, done);
                next.clear();
                draw(random, to, bank.chunks().start(chunk), length);
            } else {
                next.add(step(step.operation(), to, step.from().chunk(chunk)));
            }
        }
        run(next, length, results, done);
    }

    /** Adds to the results after those that have been {@code done}; says how many have been done then. */
    private int run(List<VectorStep> steps, int length, double[] results, int done) {
        double[] sums = Arrays.copyOfRange(results, done, results.length);
        kernels.run(steps, length, sums);
        System.arraycopy(sums, 0, results, done, sums.length);
        return done
                + (int) steps.stream()
                        .filter(step -> step.kind() == VectorStep.Kind.DOT)
                        .count();
    }

    private static VectorStep step(ShardOperation operation, ByteBuffer to, ByteBuffer from) {
        if (operation.hasResult()) {
            return new VectorStep(VectorStep.Kind.DOT, 0, to, from);
        } else if (operation instanceof ShardOperation.Axpy axpy) {
            return new VectorStep(VectorStep.Kind.AXPY, axpy.factor(), to, from);
        } else if (operation instanceof ShardOperation.Copy) {
            return new VectorStep(VectorStep.Kind.COPY, 0, to, from);
        } else if (operation instanceof ShardOperation.Scale scale) {
            return new VectorStep(VectorStep.Kind.SCALE, scale.factor(), to, from);
        } else if (operation instanceof ShardOperation.Multiply) {
            return new VectorStep(VectorStep.Kind.MULTIPLY, 0, to, from);
        } else if (operation instanceof ShardOperation.Fill fill) {
            return new VectorStep(VectorStep.Kind.FILL, fill.value(), to, from);
        }
        throw new IllegalArgumentException("expected an operation that touches memory, found " + operation);
    }

    private static void draw(ShardOperation.Random random, ByteBuffer to, long start, int length) {
        float scale = (float) random.scale();
        Initialisation values = new Initialisation.Uniform(-scale, scale);
        for (int i = 0; i < length; i++) {
            to.putFloat(i * Float.BYTES, values.at(random.seed(), start + i));
        }
    }
}
