package org.distbelief.appmaster.bench;

/** The two processors that everything runs on, as {@link org.distbelief.paramserver.bench.PinnedProcess} has them. */
final class Processors {
    static final String BOTH = "0,1";

    private Processors() {}

    /** Those of one of several processes that compute. */
    static String of(int process, int processes) {
        return processes == 1 ? BOTH : Integer.toString(process);
    }
}
