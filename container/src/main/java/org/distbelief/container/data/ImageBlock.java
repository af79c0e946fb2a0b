package org.distbelief.container.data;

import org.distbelief.container.replica.MiniBatch;

/**
 * One image. It is kept as bytes, a fourth of its floats, and normalised while it is copied; and by itself, so that its
 * memory is free as soon as it is drawn, whatever record it came with.
 */
final class ImageBlock implements ExampleBlock {
    /** The object, an array's head, and its place in lists. */
    private static final long OVERHEAD = 56;

    private final byte[] pixels;
    private final int label;
    private final float[][] tables;

    /**
     * @param pixels height x width x channels, unsigned
     * @param tables for each channel, the normalised value of each byte; shared by all blocks
     */
    ImageBlock(byte[] pixels, int label, float[][] tables) {
        this.pixels = pixels;
        this.label = label;
        this.tables = tables;
    }

    @Override
    public int size() {
        return 1;
    }

    @Override
    public long bytes() {
        return OVERHEAD + pixels.length;
    }

    @Override
    public int label(int example) {
        return label;
    }

    @Override
    public void copy(int example, float[] into) {
        int channels = tables.length;
        for (int c = 0; c < channels; c++) {
            float[] table = tables[c];
            for (int i = c; i < pixels.length; i += channels) {
                into[i] = table[pixels[i] & 0xff];
            }
        }
    }

    @Override
    public int copyRun(int example, int most, MiniBatch batch, int at) {
        return 0;
    }

    /**
     * Copies the image with its pixels in other places, normalised.
     *
     * @param rows for each row of the copy, where its row of the image begins in the pixels
     * @param columns for each column of the copy, where its pixel begins in the row
     */
    void copy(int[] rows, int[] columns, float[] into) {
        int channels = tables.length;
        for (int c = 0; c < channels; c++) {
            float[] table = tables[c];
            int to = c;
            for (int row : rows) {
                for (int column : columns) {
                    into[to] = table[pixels[row + column + c] & 0xff];
                    to += channels;
                }
            }
        }
    }
}
