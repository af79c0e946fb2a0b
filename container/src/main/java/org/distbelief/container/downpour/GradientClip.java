package org.distbelief.container.downpour;

import java.util.List;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;

/** Bounds the gradient of a mini-batch, the weights' decay included, before it is accrued. Immutable. */
public interface GradientClip {
    /**
     * Whether the gradients of all layers must be there before any is bounded, so that none can be used before the end
     * of the step; else each layer is bounded on its own.
     */
    boolean needsAllLayers();

    /** Whether what becomes of an element depends on the norm, so that those who hold parts of a layer must agree. */
    boolean needsNorm();

    /**
     * Bounds a gradient in place. One whose norm is no finite number is left as it is: the caller must not use it.
     *
     * @param kernels the arithmetic, of the calling thread
     * @param gradient the blocks of one layer, or of all; or a part of them
     * @param norm the L2 norm of all of them together
     */
    void apply(Kernels kernels, List<FloatMemory> gradient, double norm);

    /**
     * Bounds a gradient that is here as a whole.
     *
     * @return its L2 norm, as it was
     */
    default double apply(Kernels kernels, List<FloatMemory> gradient) {
        double norm = norm(kernels, gradient);
        apply(kernels, gradient, norm);
        return norm;
    }

    /** The L2 norm of some blocks together, summed in double precision; not finite where an element is not. */
    static double norm(Kernels kernels, List<FloatMemory> gradient) {
        return Math.sqrt(squares(kernels, gradient));
    }

    /** The square of {@link #norm}. */
    static double squares(Kernels kernels, List<FloatMemory> gradient) {
        double sum = 0;
        for (FloatMemory block : gradient) {
            sum += kernels.sumOfSquares(block.size(), block);
        }
        return sum;
    }
}
