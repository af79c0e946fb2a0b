package org.distbelief.ingest;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.distbelief.dataset.ImageSettings;

/**
 * How images are stored.
 *
 * @param width pixels; images are stretched to this size whatever their shape
 * @param height pixels
 * @param imagesPerRecord images batched in one record of the data set
 */
public record ImageOptions(int width, int height, int imagesPerRecord) {
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,5})[xX]([0-9]{1,5})");
    private static final int MAX_PER_RECORD = 4096;

    /** Checks the ranges. */
    public ImageOptions {
        new ImageSettings(width, height, 3);
        if (imagesPerRecord < 1 || imagesPerRecord > MAX_PER_RECORD) {
            throw new IllegalArgumentException(
                    "images per record: expected 1 to " + MAX_PER_RECORD + ", found " + imagesPerRecord);
        }
        if (3L * width * height * imagesPerRecord > 1L << 27) {
            throw new IllegalArgumentException("images per record: expected at most 128 MiB of pixels, found "
                    + imagesPerRecord + " images of " + width + "x" + height + "; ask for fewer");
        }
    }

    /** 32 x 32 pixels, 64 to a record. */
    public static ImageOptions defaults() {
        return new ImageOptions(32, 32, 64);
    }

    /** Of a size written as {@code WxH}; the number of images per record keeps a record below about 1 MiB. */
    public static ImageOptions ofSize(String size) {
        Matcher matcher = SIZE.matcher(size);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "image size: expected WxH in pixels, such as 32x32, found '" + size + "'");
        }
        ImageSettings settings =
                new ImageSettings(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), 3);
        int fitting = Math.max(1, Math.min(64, (1 << 20) / settings.featureDimension()));
        return new ImageOptions(settings.width(), settings.height(), fitting);
    }

    /** As the manifest has it. */
    public ImageSettings settings() {
        return new ImageSettings(width, height, 3);
    }
}
