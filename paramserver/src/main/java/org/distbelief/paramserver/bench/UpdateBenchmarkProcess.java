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
import org.distbelief.paramserver.rule.UpdateContext;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.VectorBank;

/**
 * Adagrad on {@value #FLOATS} parameters: in a plain loop over arrays, in place on a shard's kind of memory, and by
 * pushes to a shard; in turn, round after round. Takes the number of threads and rounds; prints {@link UpdateFigures}
 * as JSON.
 */
public final class UpdateBenchmarkProcess {
    /** What stands before the result. */
    static final String RESULT = "result ";

    /** Parameters. */
    static final int FLOATS = 40_000_000;

    private static final int CHUNK = VectorBank.CHUNK_BYTES / Float.BYTES;
    private static final float RATE = 1e-4f;
    private static final float GUARD = 1e-10f;

    private final int threads;
    private final ExecutorService pool;
    private final float[] parameters = new float[FLOATS];
    private final float[] squares = new float[FLOATS];
    private final float[] gradient = new float[FLOATS];
    private final ByteBuffer offHeapGradient = offHeap();
    private final ByteBuffer offHeapParameters = offHeap();
    private final ByteBuffer offHeapSquares = offHeap();
    private final Adagrad rule = new Adagrad(RATE, GUARD, 0);
    private final ShardKernels kernels = ShardKernels.best();
    private final ParameterShard shard;
    private final long[] pushes;

    private enum Kind {
        PLAIN,
        IN_PLACE,
        PUSHED
    }

    private UpdateBenchmarkProcess(int threads) {
        this.threads = threads;
        this.pool = Executors.newFixedThreadPool(threads);
        this.pushes = new long[threads];
        this.shard = new ParameterShard(0, 1, RangeSet.of(0, FLOATS), rule, Duration.ofSeconds(10));
        for (int i = 0; i < FLOATS; i++) {
            gradient[i] = (i % 97 - 48) * 1e-3f;
            offHeapGradient.putFloat(i * Float.BYTES, gradient[i]);
        }
    }

    private static ByteBuffer offHeap() {
        return ByteBuffer.allocateDirect(FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Measures. */
    public static void main(String[] arguments) throws Exception {
        int threads = Integer.parseInt(arguments[0]);
        UpdateBenchmarkProcess benchmark = new UpdateBenchmarkProcess(threads);
        Samples<Kind> samples = new Samples<>(Kind.class);
        for (int round = 0; round <= Integer.parseInt(arguments[1]); round++) {
            double plain = nanosEach(benchmark::plain);
            double inPlace = nanosEach(benchmark::inPlace);
            double pushed = nanosEach(benchmark::push);
            if (round > 0) {
                samples.add(Kind.PLAIN, plain);
                samples.add(Kind.IN_PLACE, inPlace);
                samples.add(Kind.PUSHED, pushed);
            }
        }
        benchmark.pool.shutdown();
        UpdateFigures figures = new UpdateFigures(
                threads, samples.median(Kind.PLAIN), samples.median(Kind.IN_PLACE), samples.median(Kind.PUSHED));
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

    private interface Part {
        void run(int thread, int from, int to) throws Exception;
    }

    private void parts(Part part) throws Exception {
        List<Callable<Void>> work = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int thread = t;
            int from = (int) ((long) FLOATS * t / threads);
            int to = (int) ((long) FLOATS * (t + 1) / threads);
            work.add(() -> {
                part.run(thread, from, to);
                return null;
            });
        }
        for (Future<Void> done : pool.invokeAll(work)) {
            done.get();
        }
    }

    private void plain() throws Exception {
        parts((thread, from, to) -> adagrad(parameters, squares, gradient, from, to));
    }

    /** The loop that everybody would write. */
    private static void adagrad(float[] w, float[] s, float[] g, int from, int to) {
        for (int i = from; i < to; i++) {
            float sum = s[i] + g[i] * g[i];
            s[i] = sum;
            w[i] -= RATE * g[i] / ((float) Math.sqrt(sum) + GUARD);
        }
    }

    private void inPlace() throws Exception {
        UpdateContext context = new UpdateContext(0, 0, 1);
        List<ByteBuffer> state = List.of(offHeapSquares);
        parts((thread, from, to) -> {
            for (int start = from; start < to; start += CHUNK) {
                int length = Math.min(CHUNK, to - start);
                kernels.apply(rule, context, offHeapParameters, state, start, offHeapGradient, start, length);
            }
        });
    }

    private void push() throws Exception {
        parts((thread, from, to) -> {
            for (RangeSet piece : RangeSet.of(from, to).cut(PushHeader.MOST_FLOATS)) {
                int start = (int) piece.ranges().get(0).start() * Float.BYTES;
                ByteBuffer floats = offHeapGradient
                        .slice(start, (int) piece.size() * Float.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
                shard.push(new PushHeader(1, new PushId(thread, 0, 1, ++pushes[thread]), piece, -1), floats);
            }
        });
    }
}
