package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.distbelief.paramserver.Initialisation;
import org.distbelief.paramserver.algebra.ShardOperation;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.kernel.VectorKernels;

/**
 * Runs programs on a bank's vectors in one pass over memory: all operations on a block, which stays in a core's cache,
 * before the next block. For one thread at a time.
 */
final class ProgramRun {
    /** Floats of a block. What is added up is added block by block, so that this is part of what a result is. */
    static final int BLOCK = 4096;

    private final VectorBank bank;
    private final VectorKernels kernels;

    ProgramRun(VectorBank bank, VectorKernels kernels) {
        this.bank = bank;
        this.kernels = kernels;
    }

    /** An operation on the memory of one chunk. */
    private record Local(ShardOperation operation, ByteBuffer to, ByteBuffer from, int result) {}

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
        List<Local> locals = new ArrayList<>(steps.size());
        int result = 0;
        for (ResolvedProgram.Step step : steps) {
            locals.add(new Local(
                    step.operation(), step.to().chunk(chunk), step.from().chunk(chunk), result));
            result += step.operation().hasResult() ? 1 : 0;
        }
        int length = bank.chunks().length(chunk);
        long start = bank.chunks().start(chunk);
        for (int offset = 0; offset < length; offset += BLOCK) {
            int size = Math.min(BLOCK, length - offset);
            for (Local local : locals) {
                run(local, offset, size, start + offset, results);
            }
        }
    }

    private void run(Local local, int offset, int length, long index, double[] results) {
        ShardOperation operation = local.operation();
        ByteBuffer to = local.to();
        ByteBuffer from = local.from();
        if (operation.hasResult()) {
            results[local.result()] += kernels.dot(to, offset, from, offset, length);
        } else if (operation instanceof ShardOperation.Axpy axpy) {
            kernels.axpy(axpy.factor(), from, offset, to, offset, length);
        } else if (operation instanceof ShardOperation.Copy) {
            kernels.copy(from, offset, to, offset, length);
        } else if (operation instanceof ShardOperation.Scale scale) {
            kernels.scale(scale.factor(), to, offset, length);
        } else if (operation instanceof ShardOperation.Multiply) {
            kernels.multiply(from, offset, to, offset, length);
        } else if (operation instanceof ShardOperation.Fill fill) {
            kernels.fill((float) fill.value(), to, offset, length);
        } else if (operation instanceof ShardOperation.Random random) {
            float scale = (float) random.scale();
            Initialisation values = new Initialisation.Uniform(-scale, scale);
            for (int i = 0; i < length; i++) {
                to.putFloat((offset + i) * Float.BYTES, values.at(random.seed(), index + i));
            }
        } else {
            throw new IllegalArgumentException("expected an operation that touches memory, found " + operation);
        }
    }
}
