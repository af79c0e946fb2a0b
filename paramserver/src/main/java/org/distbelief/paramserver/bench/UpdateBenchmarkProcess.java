package org.distbelief.paramserver.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.rule.Adagrad;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;

/**
 * Adagrad on {@value #FLOATS} parameters: in a plain loop over arrays, and in a shard whose gradient lies in memory; in
 * turn, round after round. Takes the number of threads and rounds; prints {@link UpdateFigures} as JSON.
 */
public final class UpdateBenchmarkProcess {
    /** What stands before the result. */
    static final String RESULT = "result ";

    /** Parameters. */
    static final int FLOATS = 40_000_000;

    private static final float RATE = 1e-4f;
    private static final float GUARD = 1e-10f;

    private final int threads;
    private final ExecutorService pool;
    private final float[] parameters = new float[FLOATS];
    private final float[] squares = new float[FLOATS];
    private final float[] gradient = new float[FLOATS];
    private final ByteBuffer offHeap =
            ByteBuffer.allocateDirect(FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final ParameterShard shard;
    private long pushes;

    private enum Kind {
        PLAIN,
        SHARD
    }

    private UpdateBenchmarkProcess(int threads) {
        this.threads = threads;
        this.pool = Executors.newFixedThreadPool(threads);
        this.shard = new ParameterShard(
                0,
                1,
                RangeSet.of(0, FLOATS),
                new Adagrad(RATE, GUARD, 0),
                VersionedRate.constant(),
                Duration.ofSeconds(10),
                ShardKernels.best(),
                threads);
        for (int i = 0; i < FLOATS; i++) {
            gradient[i] = (i % 97 - 48) * 1e-3f;
            offHeap.putFloat(i * Float.BYTES, gradient[i]);
        }
    }

    /** Measures. */
    public static void main(String[] arguments) throws Exception {
        int threads = Integer.parseInt(arguments[0]);
        UpdateBenchmarkProcess benchmark = new UpdateBenchmarkProcess(threads);
        Samples<Kind> samples = new Samples<>(Kind.class);
        for (int round = 0; round <= Integer.parseInt(arguments[1]); round++) {
            double plain = nanosEach(benchmark::plain);
            double pushed = nanosEach(benchmark::push);
            if (round > 0) {
                samples.add(Kind.PLAIN, plain);
                samples.add(Kind.SHARD, pushed);
            }
        }
        benchmark.pool.shutdown();
        benchmark.shard.close();
        UpdateFigures figures = new UpdateFigures(threads, samples.median(Kind.PLAIN), samples.median(Kind.SHARD));
        new PrintStream(System.out, true, StandardCharsets.UTF_8)
                .println(RESULT + JsonMapper.builder().build().writeValueAsString(figures));
    }

    private interface Work {
        void run() throws Exception;
    }

    private static double nanosEach(Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return (double) (System.nanoTime() - start) / FLOATS;
    }

    private void plain() throws Exception {
        List<Callable<Void>> parts = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int from = (int) ((long) FLOATS * t / threads);
            int to = (int) ((long) FLOATS * (t + 1) / threads);
            parts.add(() -> {
                adagrad(parameters, squares, gradient, from, to);
                return null;
            });
        }
        for (Future<Void> done : pool.invokeAll(parts)) {
            done.get();
        }
    }

    /** The loop that everybody would write. */
    private static void adagrad(float[] w, float[] s, float[] g, int from, int to) {
        for (int i = from; i < to; i++) {
            float sum = s[i] + g[i] * g[i];
            s[i] = sum;
            w[i] -= RATE * g[i] / ((float) Math.sqrt(sum) + GUARD);
        }
    }

    private void push() throws Exception {
        for (RangeSet piece : RangeSet.of(0, FLOATS).cut(PushHeader.MOST_FLOATS)) {
            int start = (int) piece.ranges().get(0).start() * Float.BYTES;
            ByteBuffer floats =
                    offHeap.slice(start, (int) piece.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            shard.push(new PushHeader(1, new PushId(0, 0, 1, ++pushes), piece, -1), floats);
        }
    }
}
