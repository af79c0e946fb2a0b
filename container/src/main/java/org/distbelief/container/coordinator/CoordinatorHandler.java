package org.distbelief.container.coordinator;

/** The coordinator's side of {@link Coordinator}. Called by a thread of each connection. */
public interface CoordinatorHandler {
    /** See {@link Coordinator#report}. Waits for something to do, a second or two at most. */
    WorkReply report(WorkReport report) throws InterruptedException, CoordinatorRefusedException, NotLeadingException;

    /** See {@link Coordinator#beat}. Answers at once. */
    boolean beat(Beat beat) throws CoordinatorRefusedException, NotLeadingException;
}
