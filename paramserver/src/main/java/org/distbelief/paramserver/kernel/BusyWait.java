package org.distbelief.paramserver.kernel;

/**
 * How long the threads of native kernels wait busily for more work before they sleep. By itself OpenMP (GNU's) has them
 * wait so for some 16 ms, on processors that shards on the same node need just then.
 */
public final class BusyWait {
    /** The environment's variable. */
    public static final String VARIABLE = "GOMP_SPINCOUNT";

    /** Its value: some 0.15 ms, longer than the time between two operations on a mini-batch. */
    public static final String ROUNDS = "3000";

    private BusyWait() {}
}
