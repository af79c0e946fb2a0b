package org.distbelief.container.master;

/** What the job is doing. */
public enum Phase {
    /** Replicas train on the portions they lease. */
    TRAIN,
    /** Replicas score the portions they lease with the parameters as they are when the phase begins. */
    EVALUATE,
    /** The job is done: replicas end. */
    FINISH
}
