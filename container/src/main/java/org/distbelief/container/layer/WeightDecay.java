package org.distbelief.container.layer;

import org.distbelief.conf.SectionReader;

/**
 * A penalty that draws weights w towards 0: l1 * sum |w| + l2 / 2 * sum w^2, added to the mean loss of every
 * mini-batch. Its gradient is l1 * sign(w) + l2 * w, where sign(0) = 0; losses are reported without it.
 *
 * @param l1 at least 0; draws every weight with the same force, so that few stay away from 0
 * @param l2 at least 0; draws large weights more than small ones
 */
public record WeightDecay(double l1, double l2) {
    /** No penalty: that of biases, always. */
    public static final WeightDecay NONE = new WeightDecay(0, 0);

    private static final double MOST = 1e6;

    /** @throws IllegalArgumentException where a factor is below 0 or no number */
    public WeightDecay {
        if (!(l1 >= 0) || !(l2 >= 0)) {
            throw new IllegalArgumentException("expected l1 and l2 of at least 0, found " + l1 + " and " + l2);
        }
    }

    /** The settings {@code l1} and {@code l2} of a layer with weights; 0 unless given. */
    static WeightDecay read(SectionReader settings) {
        return new WeightDecay(settings.number("l1", 0, 0, MOST), settings.number("l2", 0, 0, MOST));
    }

    /** Whether there is no penalty. */
    public boolean isNone() {
        return l1 == 0 && l2 == 0;
    }
}
