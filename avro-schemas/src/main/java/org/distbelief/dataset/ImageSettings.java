package org.distbelief.dataset;

/**
 * The one size to which all images of a data set are scaled.
 *
 * @param width pixels
 * @param height pixels
 * @param channels 3: red, green, blue
 */
public record ImageSettings(int width, int height, int channels) implements FeatureSettings {
    /** Longest side of a stored image. */
    public static final int MAX_SIDE = 4096;

    /** Checks the ranges. */
    public ImageSettings {
        if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
            throw new IllegalArgumentException(
                    "image size: expected 1 to " + MAX_SIDE + " pixels a side, found " + width + "x" + height);
        }
        if (channels != 3) {
            throw new IllegalArgumentException("image channels: expected 3 (RGB), found " + channels);
        }
    }

    @Override
    public DatasetKind kind() {
        return DatasetKind.IMAGES;
    }

    @Override
    public int featureDimension() {
        return width * height * channels;
    }

    @Override
    public int statisticsDimension() {
        return channels;
    }
}
