package org.distbelief.ingest.job;

/** Names of the job's counters, as they show in the web pages. */
final class IngestCounters {
    static final String GROUP = "Ingest";
    static final String RECORDINGS = "recordings read";
    static final String IMAGES = "images read";
    static final String FRAMES = "frames";
    static final String IGNORED = "files ignored";
    static final String BAD = "bad: ";

    private IngestCounters() {}
}
