package org.distbelief.ingest.image;

import org.distbelief.ingest.raw.Picture;

/**
 * Scales pictures to a fixed size, each direction on its own: shrinking averages over the area that a pixel covers,
 * enlarging interpolates linearly. Plain arithmetic: the same on every machine.
 */
final class PictureScaler {
    private final int width;
    private final int height;

    PictureScaler(int width, int height) {
        this.width = width;
        this.height = height;
    }

    /**
     * The picture at the fixed size, stretched if its shape is another; height x width x 3 bytes, the caller's to keep.
     */
    byte[] scale(Picture picture) {
        if (picture.width() == width && picture.height() == height) {
            return picture.rgb().clone();
        }
        float[] narrow = horizontally(picture);
        Weights[] rows = weights(picture.height(), height);
        byte[] result = new byte[3 * width * height];
        int stride = 3 * width;
        for (int y = 0; y < height; y++) {
            Weights w = rows[y];
            for (int i = 0; i < stride; i++) {
                float sum = 0;
                for (int k = 0; k < w.factors.length; k++) {
                    sum += w.factors[k] * narrow[(w.first + k) * stride + i];
                }
                result[y * stride + i] = (byte) Math.max(0, Math.min(255, Math.round(sum)));
            }
        }
        return result;
    }

    private float[] horizontally(Picture picture) {
        byte[] rgb = picture.rgb();
        Weights[] columns = weights(picture.width(), width);
        float[] narrow = new float[3 * width * picture.height()];
        int at = 0;
        for (int y = 0; y < picture.height(); y++) {
            int row = 3 * y * picture.width();
            for (Weights w : columns) {
                float red = 0;
                float green = 0;
                float blue = 0;
                int from = row + 3 * w.first;
                for (float factor : w.factors) {
                    red += factor * (rgb[from] & 0xFF);
                    green += factor * (rgb[from + 1] & 0xFF);
                    blue += factor * (rgb[from + 2] & 0xFF);
                    from += 3;
                }
                narrow[at++] = red;
                narrow[at++] = green;
                narrow[at++] = blue;
            }
        }
        return narrow;
    }

    /** Which source pixels make up one target pixel: from {@code first} on, with these factors, which sum to 1. */
    private static final class Weights {
        private final int first;
        private final float[] factors;

        private Weights(int first, float[] factors) {
            this.first = first;
            this.factors = factors;
        }
    }

    private static Weights[] weights(int from, int to) {
        Weights[] all = new Weights[to];
        for (int i = 0; i < to; i++) {
            all[i] = from > to ? average(from, to, i) : interpolate(from, to, i);
        }
        return all;
    }

    private static Weights average(int from, int to, int index) {
        double start = (double) index * from / to;
        double end = (double) (index + 1) * from / to;
        int first = (int) start;
        int last = Math.min(from, (int) Math.ceil(end));
        float[] factors = new float[last - first];
        for (int k = 0; k < factors.length; k++) {
            double covered = Math.min(end, first + k + 1) - Math.max(start, first + k);
            factors[k] = (float) (covered / (end - start));
        }
        return new Weights(first, factors);
    }

    private static Weights interpolate(int from, int to, int index) {
        double centre = (index + 0.5) * from / to - 0.5;
        double clamped = Math.max(0, Math.min(from - 1, centre));
        int first = Math.min((int) clamped, Math.max(0, from - 2));
        float part = (float) (clamped - first);
        return from == 1 ? new Weights(0, new float[] {1}) : new Weights(first, new float[] {1 - part, part});
    }
}
