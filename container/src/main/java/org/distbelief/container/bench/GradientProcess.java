package org.distbelief.container.bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.distbelief.container.data.BlockDecoder;
import org.distbelief.container.data.PortionCache;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.replica.ReplicaParameters;

/**
 * The gradients of Downpour alone, one mini-batch after the other on the same parameters: what {@code bench
 * sandblaster} is held against. Arguments: threads and seconds. It says when it is ready, computes when it is told
 * something, and tells the examples per second.
 */
public final class GradientProcess {
    /** What it says when it is ready. */
    public static final String READY = "ready";

    /** What stands before the result. */
    public static final String RESULT = "result ";

    private static final int BATCH = 256;
    private static final int WARM_UP = 200;

    private GradientProcess() {}

    /** Measures. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        double seconds = Double.parseDouble(arguments[1]);
        SandblasterTask task = new SandblasterTask(1);
        try (Kernels kernels = Kernels.best(Integer.parseInt(arguments[0]))) {
            ModelReplica replica = ModelReplica.forTraining(task.description().model(), kernels, BATCH, 1);
            replica.parameters().initialise(task.description().model(), 1);
            ReplicaParameters gradient = replica.newGradient();
            MiniBatch batch = replica.newBatch();
            try (PortionCache cache = new PortionCache(
                    task.data(),
                    task.data().split(),
                    new BlockDecoder(task.description(), task.data().manifest()),
                    0)) {
                cache.open(0).fill(batch, Duration.ofSeconds(30));
            }
            for (int i = 0; i < WARM_UP; i++) {
                replica.gradient(batch, gradient, false, layer -> {});
            }
            out.println(READY);
            in.readLine();
            long start = System.nanoTime();
            long end = start;
            long steps = 0;
            for (; end - start < seconds * 1e9; end = System.nanoTime(), steps++) {
                replica.gradient(batch, gradient, false, layer -> {});
            }
            out.println(RESULT + steps * batch.size() / ((end - start) * 1e-9));
        }
    }
}
