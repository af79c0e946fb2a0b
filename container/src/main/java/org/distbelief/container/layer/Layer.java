package org.distbelief.container.layer;

import java.util.List;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.paramserver.RangeSet;

/**
 * A layer bound to the shape of its input (paper, section 3). Immutable and without memory of its own: a
 * {@link LayerPart} computes. Model parallelism follows from {@link #needs}: who computes a region of the output must
 * have that region of the input.
 */
public interface Layer {
    /** Units that the layer reads. */
    Shape input();

    /** Units that the layer makes. */
    Shape output();

    /**
     * The region of the input that a region of the output depends on: its receptive field.
     *
     * @throws IllegalArgumentException where the layer cannot be cut like that
     */
    Region needs(Region output);

    /** The layer's parameters, in the order in which they lie in the flat vector; empty for a layer without any. */
    List<LayerBlock> blocks();

    /**
     * Which parameters of a block a region of the output depends on, counted from the block's first.
     *
     * @param block index in {@link #blocks}
     */
    RangeSet parameters(int block, Region output);

    /** Floating-point operations of the forward computation of a region, for one example. */
    long flops(Region output);

    /**
     * Prepares the computation of one region of the output, with all memory that it needs for itself.
     *
     * @param kernels the arithmetic; used by the thread that calls the part
     * @param maxBatch greatest number of examples in a mini-batch
     */
    LayerPart part(Region output, Kernels kernels, int maxBatch);

    /** Bytes off-heap that {@link #part} allocates. */
    long partBytes(Region output, int maxBatch);
}
