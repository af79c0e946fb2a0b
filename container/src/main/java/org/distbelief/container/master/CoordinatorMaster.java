package org.distbelief.container.master;

/** The ApplicationMaster as a coordinator of Sandblaster sees it. Based on states, like {@link Master}. */
public interface CoordinatorMaster extends AutoCloseable {
    /**
     * Reports and gets the reply to this report. After an exception it is unknown whether the report arrived.
     *
     * @throws MasterException where the master does not answer or refuses
     */
    CoordinatorReply coordinate(CoordinatorReport report) throws MasterException, InterruptedException;

    /** Ends the connection. A call under way fails. */
    @Override
    void close();
}
