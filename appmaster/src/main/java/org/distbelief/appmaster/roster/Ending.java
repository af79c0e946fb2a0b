package org.distbelief.appmaster.roster;

import java.util.List;

/**
 * How a container ended.
 *
 * @param exitStatus the process' exit status, or YARN's negative one
 * @param cause whose doing it was
 * @param reason what the node said about it, or we; may be empty
 * @param lastLines the last lines of its stderr, oldest first; empty where they are not known
 */
public record Ending(int exitStatus, Cause cause, String reason, List<String> lastLines) {
    /** YARN's word for containers of lost nodes, and for those that were released. */
    private static final int ABORTED = -100;

    /** Copies the lines. */
    public Ending {
        lastLines = List.copyOf(lastLines);
    }

    /** An ending of which no last words are known. */
    public static Ending of(int exitStatus, Cause cause, String reason) {
        return new Ending(exitStatus, cause, reason, List.of());
    }

    /** Whether something went wrong in the process itself. */
    public boolean failed() {
        return cause == Cause.FAILED || cause == Cause.HOPELESS;
    }

    /**
     * Whether the process has ended, or will within moments, as where its container is preempted; else it may go on for
     * long, out of reach.
     */
    public boolean certain() {
        return exitStatus != ABORTED;
    }

    /** Whose doing the end of a container was. */
    public enum Cause {
        /** It ended by itself with status 0. */
        FINISHED,
        /** It failed: counts against the job's failure budget. */
        FAILED,
        /** It failed in a way that starting it again can't mend, such as data that doesn't fit the model. */
        HOPELESS,
        /** The cluster's doing (preemption, lost node, bad disk): never counts. */
        CLUSTER,
        /** The job asked for it. */
        STOPPED
    }
}
