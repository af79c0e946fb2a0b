package org.distbelief.ingest.raw;

/** A decoded picture. Owns its pixels; nobody changes them. */
public final class Picture implements RawData {
    private final int width;
    private final int height;
    private final byte[] rgb;

    /**
     * Takes over the array.
     *
     * @param rgb height x width x 3 unsigned bytes, row-major
     */
    public Picture(int width, int height, byte[] rgb) {
        if (rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    "expected 3 x " + width + " x " + height + " bytes, found " + rgb.length);
        }
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    /** Pixels per row. */
    public int width() {
        return width;
    }

    /** Rows. */
    public int height() {
        return height;
    }

    /** The pixels themselves, not a copy. */
    public byte[] rgb() {
        return rgb;
    }
}
