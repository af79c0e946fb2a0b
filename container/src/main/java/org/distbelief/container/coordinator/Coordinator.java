package org.distbelief.container.coordinator;

import java.io.IOException;

/**
 * Sandblaster's coordinator as a model replica sees it (paper, section 4.2). After an {@link IOException} it is unknown
 * whether the message arrived; the same one may be sent again, also to another coordinator.
 */
public interface Coordinator extends AutoCloseable {
    /**
     * Reports and waits for something to do, some seconds at most.
     *
     * @throws CoordinatorRefusedException where the replica has been replaced and must end
     * @throws IOException where no coordinator leads or answers
     */
    WorkReply report(WorkReport report) throws IOException, InterruptedException, CoordinatorRefusedException;

    /**
     * A sign of life.
     *
     * @return whether the replica should report between two mini-batches: what it computes is not wanted any more, or
     *     it should push
     * @throws CoordinatorRefusedException where the replica has been replaced and must end
     * @throws IOException where no coordinator leads or answers
     */
    boolean beat(Beat beat) throws IOException, InterruptedException, CoordinatorRefusedException;

    /** Ends the connections. Calls under way fail. */
    @Override
    void close();
}
