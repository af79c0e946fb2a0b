package org.distbelief.container.layer;

import java.util.List;
import java.util.Optional;
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

    /**
     * The units that a region of the output is connected to: {@link #needs} without those that lie between the windows
     * or behind the last one. Who computes the region must get these, each once.
     *
     * @return boxes that do not overlap, in ascending order
     */
    default List<Region> reads(Region output) {
        return List.of(needs(output));
    }

    /** Whether a region may hold some of the maps of a place without the others. */
    default boolean divisibleMaps() {
        return true;
    }

    /**
     * The same layer as two, so that it can be cut by its inputs: the first one makes sums of products for each region
     * of the input apart, the second one adds them up. Cheaper where a wide layer feeds a narrow one.
     *
     * @param inputs disjoint regions that make up the input
     * @return empty where the layer cannot be cut like that
     */
    default Optional<CutByInputs> cutByInputs(List<Region> inputs) {
        return Optional.empty();
    }

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
