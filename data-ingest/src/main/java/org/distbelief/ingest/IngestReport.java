package org.distbelief.ingest;

import java.util.Map;
import org.distbelief.dataset.DatasetManifest;

/**
 * What an ingest did.
 *
 * @param output the data set's directory, with scheme
 * @param manifest as written
 * @param read recordings or images read, good and bad
 * @param bad how many of them were bad; each is listed in {@value #BAD_INPUT_FILE} in the data set's directory
 * @param ignored files that are neither raw data of this kind nor label files; listed there too
 * @param badByReason how many for each reason, commonest first
 */
public record IngestReport(
        String output, DatasetManifest manifest, long read, long bad, long ignored, Map<String, Long> badByReason) {
    /** Tab-separated: state (bad or ignored), reason, path, detail. */
    public static final String BAD_INPUT_FILE = "bad-input.tsv";
}
