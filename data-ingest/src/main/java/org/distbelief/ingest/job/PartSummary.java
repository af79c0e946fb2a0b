package org.distbelief.ingest.job;

import java.util.List;

/**
 * What one reducer left behind: the file beside its Avro files from which the client makes the manifest.
 *
 * @param splits in the order of the settings' split names
 */
record PartSummary(List<SplitSummary> splits) {
    static final String PREFIX = "_part-";
    static final String REPORT_PREFIX = "_report-";

    /**
     * One split's share.
     *
     * @param count of rows in the sums
     */
    record SplitSummary(
            long groups,
            List<FilePart> files,
            List<PortionPart> portions,
            List<String> labels,
            long count,
            List<Double> sums,
            List<Double> squares) {}

    /** A file written. */
    record FilePart(String file, long bytes, long records, long examples) {}

    /** A portion written, not yet numbered. */
    record PortionPart(String file, long offset, long length, int records, long examples) {}
}
