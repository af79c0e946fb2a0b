package org.distbelief.appmaster.roster;

import java.util.List;

/** The cluster as the job sees it: asks go out here, events come back through {@link Listener}. */
public interface YarnGateway extends AutoCloseable {
    /**
     * Asks for one container.
     *
     * @param request who will run in it, which decides its size and priority, and the number that comes back with it
     * @param preferredHosts nodes where it would run best, else near them; may be empty
     */
    void request(RosterAction.Request request, List<String> preferredHosts);

    /** Withdraws a request, answered or not. */
    void withdraw(long request);

    /** Starts a process in an allocated container; a failure to do so comes back as the container's end. */
    void launch(RosterAction.Launch launch);

    /** Stops a container's process if there is one, and gives the container back. */
    void stop(String container);

    @Override
    void close();

    /** How the cluster tells what happened; called from its own threads, must return at once. */
    interface Listener {
        /** A container was allocated for a request. */
        void allocated(long request, Place place);

        /** A container ended. */
        void ended(String container, Ending ending);

        /**
         * The ResourceManager wants the job to end.
         *
         * @param reason for people
         * @param killed whether it was asked for, as opposed to an error
         */
        void shutdown(String reason, boolean killed);
    }
}
