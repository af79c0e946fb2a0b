package org.distbelief.container.loss;

import java.util.List;
import org.distbelief.container.kernel.FloatMemory;

/** Those who take the gradient by other outputs of the same mini-batch: what a loss needs of them, it asks here. */
public interface OtherRegions {
    /** There are no others: all outputs are in one place. */
    OtherRegions NONE = new OtherRegions() {
        @Override
        public List<FloatMemory> tell(FloatMemory own) {
            return List.of(own);
        }

        @Override
        public FloatMemory memory(int piece, int floats) {
            return FloatMemory.allocate(floats);
        }
    };

    /**
     * Tells all others some numbers and gets theirs. Every region must ask at the same time and for as many.
     *
     * @param own this region's numbers
     * @return everyone's, own included, in the same order everywhere; valid until the next call
     */
    List<FloatMemory> tell(FloatMemory own);

    /**
     * Memory to work with, the same in every call.
     *
     * @param piece 0 or 1
     * @param floats at most {@link Loss#toldToOthers} for each example
     */
    FloatMemory memory(int piece, int floats);
}
