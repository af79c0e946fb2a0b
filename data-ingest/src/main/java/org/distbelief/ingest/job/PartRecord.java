package org.distbelief.ingest.job;

import java.util.List;

/** What a reducer writes. */
sealed interface PartRecord {
    /**
     * A finished record of a split.
     *
     * @param split index of the split
     * @param encoded Avro's binary form
     * @param examples labelled frames or images in it
     * @param groups utterances or images in it
     */
    record Examples(int split, EncodedRecord encoded, long examples, long groups, List<String> labels, Moments moments)
            implements PartRecord {}

    /** A line of the report on bad input. */
    record Reported(boolean bad, String reason, String path, String detail) implements PartRecord {}
}
