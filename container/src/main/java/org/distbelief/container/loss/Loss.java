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
    default double gradient(Kernels kernels, int units, int batch, FloatMemory outputs, int[] labels) {
        return gradient(kernels, OutputUnits.all(units), batch, outputs, labels, OtherRegions.NONE);
    }

    /**
     * {@link #gradient(Kernels, int, int, FloatMemory, int[])} for some of the outputs, whose gradient is taken.
     *
     * @param units which of the model's outputs these are
     * @param others those who take the gradient by the other outputs of the same mini-batch at the same time
     * @return the part of the sum of the examples' losses that these outputs account for; the parts of all regions add
     *     up to the loss
     */
    double gradient(
            Kernels kernels, OutputUnits units, int batch, FloatMemory outputs, int[] labels, OtherRegions others);

    /** Floats for each example that {@link #gradient} tells each of the others; 0 where it needs nothing of them. */
    default int toldToOthers() {
        return 0;
    }

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
