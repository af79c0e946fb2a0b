package org.distbelief.ingest;

/** Hears how far an ingest has come. Called from the thread that runs it, about twice a second. */
public interface ProgressListener {
    /** Hears nothing. */
    ProgressListener NONE = (phase, fraction) -> {};

    /**
     * The ingest has come this far.
     *
     * @param phase what is being done: "reading input", "packing input", "waiting for the cluster", "map", "reduce",
     *     "publishing"
     * @param fraction how much of this phase is done, 0 to 1
     */
    void progress(String phase, double fraction);
}
