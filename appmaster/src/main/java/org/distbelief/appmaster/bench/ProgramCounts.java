package org.distbelief.appmaster.bench;

/** What went from a coordinator to the shards so far. Safe for several threads. */
final class ProgramCounts {
    private long programs;
    private long bytes;

    /** A program was run on all shards; so many bytes went there and back for it. */
    synchronized void ran(long there) {
        programs++;
        bytes += there;
    }

    synchronized long programs() {
        return programs;
    }

    synchronized long bytes() {
        return bytes;
    }
}
