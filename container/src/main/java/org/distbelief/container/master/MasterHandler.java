package org.distbelief.container.master;

/** The ApplicationMaster's side of {@link Master}. Called by a thread of each replica's connection. */
@FunctionalInterface
public interface MasterHandler {
    /**
     * Takes a report and answers it; soon, because the replica waits.
     *
     * @throws MasterException made by {@link MasterException#refused}, where the replica should end: it was replaced,
     *     or is not one of this job
     */
    Reply exchange(Report report) throws MasterException;
}
