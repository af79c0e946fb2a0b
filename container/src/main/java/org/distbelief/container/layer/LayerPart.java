package org.distbelief.container.layer;

import java.util.List;
import org.distbelief.container.kernel.FloatMemory;
import org.jspecify.annotations.Nullable;

/**
 * Computes one region of a layer's output. All memory is the caller's: inputs and outputs are laid out as
 * {@link Region} says, the examples of a mini-batch next to each other; parameters and gradients are one memory for
 * each of the layer's blocks, holding {@link Layer#parameters} of the region in ascending order.
 *
 * <p>A step calls {@link #forward}, then {@link #backward}, then {@link #parameterGradient}, of the same pass. Input
 * gradients come first because others may wait for them. No call allocates memory. For one thread at a time.
 */
public interface LayerPart {
    /** The region that this part computes. */
    Region output();

    /** The region of the input that it reads. */
    Region input();

    /** Computes the region's outputs, which are overwritten. */
    void forward(Pass pass, List<FloatMemory> parameters, FloatMemory input, FloatMemory output);

    /**
     * Begins {@link #forward} while only a part of the input is there: computes what needs nothing else.
     *
     * @param available the part, a piece of {@link #input}
     */
    default void begin(
            Pass pass, List<FloatMemory> parameters, FloatMemory input, Region available, FloatMemory output) {
        // A layer that makes no use of a part of its input begins when all is there.
    }

    /**
     * Completes what {@link #begin} began, now that the whole input is there.
     *
     * @param available as it was told then
     */
    default void finish(
            Pass pass, List<FloatMemory> parameters, FloatMemory input, Region available, FloatMemory output) {
        forward(pass, parameters, input, output);
    }

    /**
     * Carries the gradient of the loss back through the region.
     *
     * @param output what {@link #forward} computed
     * @param outputGradient gradient by the outputs; changed in place to what {@link #parameterGradient} takes
     * @param inputGradient overwritten with what this region contributes to the gradient by its inputs; null where
     *     nobody needs it
     */
    void backward(
            Pass pass,
            List<FloatMemory> parameters,
            FloatMemory input,
            FloatMemory output,
            FloatMemory outputGradient,
            @Nullable FloatMemory inputGradient);

    /**
     * Computes the gradient by the region's parameters, without that of their {@linkplain LayerBlock#decay decay}.
     *
     * @param input what {@link #forward} was given
     * @param outputGradient as {@link #backward} left it
     * @param scale what the gradient is multiplied by: minus a learning rate where {@code gradient} are the parameters
     *     themselves, which makes a step of gradient descent without a pass over the parameters of its own
     * @param add whether to add to what is there
     * @param gradient one memory for each block; overwritten, or added to
     */
    default void parameterGradient(
            Pass pass,
            FloatMemory input,
            FloatMemory outputGradient,
            float scale,
            boolean add,
            List<FloatMemory> gradient) {
        // A layer without parameters has none.
    }
}
