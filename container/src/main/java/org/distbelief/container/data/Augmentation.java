package org.distbelief.container.data;

import java.util.SplittableRandom;
import org.distbelief.conf.AugmentConfig;
import org.distbelief.container.layer.Shape;

/**
 * Copies examples into mini-batches to train on, images mirrored and shifted at random; other examples, and all where
 * nothing is asked for, as they are. Its randomness is its own: the order in which examples are drawn does not depend
 * on what is done to them. Allocates nothing for an example. For one thread.
 */
public final class Augmentation {
    private final boolean mirror;
    private final int shift;
    private final int channels;
    private final SplittableRandom random;

    /** For each row and column of the copy, where it comes from in the image's pixels. */
    private final int[] rows;

    private final int[] columns;

    private Augmentation(boolean mirror, int shift, Shape image, long seed) {
        this.mirror = mirror;
        this.shift = shift;
        this.channels = image.channels();
        this.rows = new int[image.height()];
        this.columns = new int[image.width()];
        this.random = new SplittableRandom(seed);
    }

    /**
     * Changes images as a job asks.
     *
     * @param image height x width x channels of an image, with sides longer than the shift; of any other example where
     *     nothing is asked for
     * @param seed the same seed gives the same images; may be the one of the order in which they are drawn
     */
    public static Augmentation of(AugmentConfig config, Shape image, long seed) {
        if (config.shift() >= Math.min(image.height(), image.width()) && config.shift() > 0) {
            throw new IllegalArgumentException(
                    "expected a shift smaller than the sides of an image of " + image + ", found " + config.shift());
        }
        return new Augmentation(config.mirror(), config.shift(), image, seed);
    }

    /** Leaves all examples as they are. */
    static Augmentation none() {
        return new Augmentation(false, 0, new Shape(1, 1, 1), 0);
    }

    /** Copies an example's inputs, normalised, into an array from index 0 on. */
    void copy(ExampleBlock block, int example, float[] into) {
        if ((mirror || shift > 0) && block instanceof ImageBlock image) {
            boolean mirrored = mirror && random.nextBoolean();
            place(rows, move(), false, columns.length * channels);
            place(columns, move(), mirrored, channels);
            image.copy(rows, columns, into);
        } else {
            block.copy(example, into);
        }
    }

    /** From -shift to shift, evenly. */
    private int move() {
        return shift == 0 ? 0 : random.nextInt(2 * shift + 1) - shift;
    }

    /** Where each line of the copy comes from; lines that the image was moved away from take the nearest one. */
    private static void place(int[] lines, int moved, boolean mirrored, int stride) {
        int last = lines.length - 1;
        for (int i = 0; i <= last; i++) {
            int from = Math.max(0, Math.min(last, i - moved));
            lines[i] = (mirrored ? last - from : from) * stride;
        }
    }
}
