package org.distbelief.container.master;

/**
 * The ApplicationMaster as a model replica sees it. One conversation for everything: the replica reports its state and
 * gets leases and orders. It is based on states, not on events, so a lost report or reply does no harm: the next one
 * carries all again. A replica reports at least every second, also while it computes.
 */
public interface Master extends AutoCloseable {
    /**
     * Reports and gets the reply to this report. After an exception it is unknown whether the report arrived.
     *
     * @throws MasterException where the master does not answer or refuses
     */
    Reply exchange(Report report) throws MasterException, InterruptedException;

    /** Ends the connection. A call under way fails. */
    @Override
    void close();
}
