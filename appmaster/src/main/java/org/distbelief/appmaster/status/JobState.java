package org.distbelief.appmaster.status;

/** Where a job stands. */
public enum JobState {
    /** Waiting for containers or for the shards to serve. */
    STARTING,
    /** Model replicas train. */
    TRAINING,
    /** The trained model is being written. */
    SAVING,
    /** Held-out data is being scored. */
    EVALUATING,
    /** Ended with its result. */
    SUCCEEDED,
    /** Ended with the reason in the snapshot's diagnostics. */
    FAILED,
    /** Ended on a user's request. */
    KILLED;

    /** Whether nothing more will happen. */
    public boolean ended() {
        return this == SUCCEEDED || this == FAILED || this == KILLED;
    }
}
