package org.distbelief.container.kernel;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out which kernels work on this machine. */
final class KernelChoice {
    private static final Logger LOG = LoggerFactory.getLogger(KernelChoice.class);

    private KernelChoice() {}

    static Kernels best(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("expected at least 1 thread for the kernels, found " + threads);
        }
        Kernels chosen = choose(threads);
        LOG.info("kernels: {}", chosen.description());
        return chosen;
    }

    private static Kernels choose(int threads) {
        try {
            OneDnnKernels.load();
        } catch (LinkageError | RuntimeException e) {
            LOG.warn("kernels: plain Java, many times slower, because oneDNN does not load: {}", root(e));
            return new PlainKernels();
        }
        try {
            NativeLibrary.load();
            return new NativeKernels(threads, NativeLibrary.WIDEST);
        } catch (LinkageError | RuntimeException e) {
            int used = OneDnnKernels.threads(
                    System.getenv(OneDnnKernels.THREADS_VARIABLE),
                    Runtime.getRuntime().availableProcessors());
            LOG.warn(
                    "kernels: plain Java for all but matrix products, many times slower on layers with windows, because"
                            + " the native library does not load: {}",
                    root(e));
            if (used != threads) {
                LOG.warn(
                        "kernels: asked for {} threads, but oneDNN runs {}; set {}={} in the environment of the process",
                        threads,
                        used,
                        OneDnnKernels.THREADS_VARIABLE,
                        threads);
            }
            return new OneDnnKernels(used);
        }
    }

    private static String root(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause.toString();
    }
}
