package org.distbelief.paramserver.standby;

import java.io.IOException;

/**
 * What is registered of the processes of a shard, as one of them uses it. Each step happens as a whole or not at all,
 * and in one order for everybody. After an {@link IOException} it is unknown whether a step has happened; it may be
 * repeated.
 */
public interface Registration {
    /** For the process that serves: marks a standby as one that may take over. */
    Leading.Marked mark(long standby) throws IOException;

    /**
     * For the process that serves: takes the mark off, if the standby is still registered at all.
     *
     * @return false where this process is not registered as serving any more: the standby may have taken over
     */
    boolean unmark(long standby) throws IOException;

    /** What has become of a standby's wish to take over. */
    enum Promotion {
        /** It is registered as serving. */
        PROMOTED,
        /** Another process is registered as serving. */
        SERVED,
        /** Nobody serves, and this standby is not marked as one that may take over. */
        UNMARKED,
        /** It is not registered as a standby any more. */
        GONE
    }

    /** For a standby: registers it as serving, where it is marked and the process that marked it is not registered. */
    Promotion promote() throws IOException;
}
