package org.distbelief.container.layer;

/**
 * The units of a layer's input or output, as a picture: unit (y, x, c) has the index {@code (y * width + x) * channels
 * + c}. Where space has no meaning, height and width are 1.
 *
 * @param height at least 1
 * @param width at least 1
 * @param channels maps at one place, at least 1
 */
public record Shape(int height, int width, int channels) {
    /** @throws IllegalArgumentException where a side is below 1 or there are more than 2^31 - 1 units */
    public Shape {
        if (height < 1 || width < 1 || channels < 1 || (long) height * width > Integer.MAX_VALUE / channels) {
            throw new IllegalArgumentException("expected sides of at least 1 and at most " + Integer.MAX_VALUE
                    + " units, found " + height + " x " + width + " x " + channels);
        }
    }

    /** Units without a place. */
    public static Shape flat(int units) {
        return new Shape(1, 1, units);
    }

    /** Number of units. */
    public int units() {
        return height * width * channels;
    }

    /** All units. */
    public Region whole() {
        return new Region(0, 0, 0, this);
    }

    @Override
    public String toString() {
        return height == 1 && width == 1 ? Integer.toString(channels) : height + " x " + width + " x " + channels;
    }
}
