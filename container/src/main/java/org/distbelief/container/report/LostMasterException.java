package org.distbelief.container.report;

/** The ApplicationMaster is gone for this replica. */
public final class LostMasterException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message how long it was silent, or why it refused */
    public LostMasterException(String message, Throwable cause) {
        super(message, cause);
    }
}
