package org.distbelief.appmaster.roster;

/** What a container of the job does. */
public enum Role {
    /** Serves one parameter shard. */
    SHARD("shard"),
    /** Runs one model replica. */
    REPLICA("replica"),
    /** Leads Sandblaster, or stands by to. */
    COORDINATOR("coordinator");

    private final String word;

    Role(String word) {
        this.word = word;
    }

    /** The role's name in messages and file names. */
    public String word() {
        return word;
    }
}
