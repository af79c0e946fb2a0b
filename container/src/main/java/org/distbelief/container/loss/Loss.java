package org.distbelief.container.loss;

import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;

/**
 * Compares a model's outputs with the examples' classes. Outputs are {@code units x batch} floats, row-major; all
 * methods work on them in place and allocate nothing. Labels are class ids below {@code units}, one for each example.
 * Stateless; for any number of threads.
 */
public interface Loss {
    /**
     * Turns outputs into the gradient of the <em>mean</em> loss of the mini-batch by the outputs.
     *
     * @return the <em>sum</em> of the examples' losses; not finite where the outputs are not
     */
    double gradient(Kernels kernels, int units, int batch, FloatMemory outputs, int[] labels);

    /**
     * Turns outputs into a score for each class, for each example: the greater, the more likely; probabilities where
     * the loss has them.
     */
    void predict(Kernels kernels, int units, int batch, FloatMemory outputs);

    /**
     * Turns outputs into scores, as {@link #predict} does.
     *
     * @return the sum of the examples' losses
     */
    double score(Kernels kernels, int units, int batch, FloatMemory outputs, int[] labels);

    /** Whether the scores are probabilities, so that those of several observations may be multiplied. */
    boolean probabilities();
}
