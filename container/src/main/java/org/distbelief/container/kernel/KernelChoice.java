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
        try {
            OneDnnKernels kernels = OneDnnKernels.open();
            LOG.info("kernels: {}, the fastest that this machine has", kernels.description());
            if (kernels.threads() != threads) {
                LOG.warn(
                        "kernels: asked for {} threads, but oneDNN runs {}; set {}={} in the environment of the process",
                        threads,
                        kernels.threads(),
                        OneDnnKernels.THREADS_VARIABLE,
                        threads);
            }
            return kernels;
        } catch (LinkageError | RuntimeException e) {
            Kernels plain = new PlainKernels();
            LOG.warn("kernels: {}, many times slower, because oneDNN does not load: {}", plain.description(), root(e));
            return plain;
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
