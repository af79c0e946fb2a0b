package org.distbelief.conf;

import java.util.List;

/**
 * How images are changed at random each time that they are trained on, so that a model sees more of them than there
 * are. Off unless given; held-out data are scored as they are.
 *
 * @param mirror whether an image is mirrored left to right, every second time
 * @param shift how many pixels an image is moved at most, up or down and left or right; 0 to leave it in its place
 * @param origin where they stand in the job file
 */
public record AugmentConfig(boolean mirror, int shift, Origin origin) {
    /** The longest side of a data set's images is a pixel more. */
    private static final int MOST_SHIFT = 4095;

    static AugmentConfig read(SectionReader section) {
        AugmentConfig config = new AugmentConfig(
                section.flag("mirror", false), section.integer("shift", 0, 0, MOST_SHIFT), section.origin("shift"));
        section.finish();
        return config;
    }

    /** Whether anything is changed at all. */
    public boolean on() {
        return mirror || shift > 0;
    }

    /** A refusal of these settings, for data that they do not fit. */
    public JobFileException refused(String message) {
        return new JobFileException(List.of(origin + ": data.augment: " + message));
    }
}
