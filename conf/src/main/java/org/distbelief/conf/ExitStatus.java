package org.distbelief.conf;

/** Exit statuses of every command and process of the project. */
public final class ExitStatus {
    /** Done as asked. */
    public static final int SUCCESS = 0;
    /** The job ran and failed; also what the JVM itself gives on an uncaught error. */
    public static final int JOB_FAILED = 1;
    /** The user can mend it: wrong option, job file, data or permission. Trying again as it is can't help. */
    public static final int USER_ERROR = 2;
    /** Something asked about is not running. */
    public static final int NOT_RUNNING = 3;
    /** A fault of the program. */
    public static final int INTERNAL = 70;
    /** Something needed can't be reached now; trying again later may help. */
    public static final int UNAVAILABLE = 75;

    private ExitStatus() {}
}
