package org.distbelief.ingest;

/** What the start and end times of a label file are counted in. */
public enum LabelUnits {
    /** Seconds from the start of the recording. */
    SECONDS,
    /** Samples of the recording, at its own rate. */
    SAMPLES
}
