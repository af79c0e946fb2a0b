package org.distbelief.container.master;

/** The ApplicationMaster's side of {@link CoordinatorMaster}. Called by a thread of each coordinator's connection. */
@FunctionalInterface
public interface CoordinatorMasterHandler {
    /**
     * Takes a coordinator's report and answers it; soon.
     *
     * @throws MasterException made by {@link MasterException#refused}, where the coordinator should end: it was
     *     replaced, or the job has none
     */
    CoordinatorReply coordinate(CoordinatorReport report) throws MasterException;
}
