package org.distbelief.conf;

import java.util.Arrays;

/** Why a container's process ended, as its exit status. Ended by SIGTERM it has the virtual machine's own, 143. */
public enum ProcessExit {
    /** The work is done. */
    DONE(0),
    /** A bug, or memory that ran out. */
    INTERNAL(1),
    /** What the user gave cannot work: job file, memory, data that does not fit the model. */
    USER_ERROR(2),
    /** Something that the process needs did not answer; a fresh one may succeed. */
    TRANSIENT(3),
    /** Another process has taken this one's place, or may have. */
    REPLACED(4),
    /** The ApplicationMaster was silent for too long and cannot be found. */
    LOST_MASTER(5),
    /** The loss or a gradient is no number any more. */
    DIVERGED(6);

    private final int code;

    ProcessExit(int code) {
        this.code = code;
    }

    /** The number that the operating system gets. */
    public int code() {
        return code;
    }

    /** Whether a fresh process would end in the same way. */
    public boolean hopeless() {
        return this == USER_ERROR || this == DIVERGED;
    }

    /** Whether a process that ended with this status can't be mended by starting it again. */
    public static boolean hopeless(int exitStatus) {
        return Arrays.stream(values()).anyMatch(e -> e.code == exitStatus && e.hopeless());
    }
}
