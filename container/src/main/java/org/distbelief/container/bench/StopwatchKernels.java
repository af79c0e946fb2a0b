package org.distbelief.container.bench;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.distbelief.container.kernel.Kernels;

/** Kernels that note how long products take: those of matrices, and filters, which are products of windows. */
final class StopwatchKernels {
    private static final Set<String> PRODUCTS =
            Set.of("multiply", "filter", "filterInputGradient", "filterParameterGradient");

    private final Kernels watched;
    private long products;

    StopwatchKernels(Kernels kernels) {
        this.watched = (Kernels) Proxy.newProxyInstance(
                Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, (proxy, method, arguments) -> {
                    long start = System.nanoTime();
                    try {
                        return method.invoke(kernels, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    } finally {
                        if (PRODUCTS.contains(method.getName())) {
                            products += System.nanoTime() - start;
                        }
                    }
                });
    }

    /** The kernels to use. */
    Kernels kernels() {
        return watched;
    }

    /** Nanoseconds in products since the last call. */
    long takeProducts() {
        long taken = products;
        products = 0;
        return taken;
    }
}
