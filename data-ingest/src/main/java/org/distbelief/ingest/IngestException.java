package org.distbelief.ingest;

/** A failure that the user can do something about; the message says what was expected, what was found and where. */
public final class IngestException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Without a cause. */
    public IngestException(String message) {
        super(message);
    }

    /** With the failure that showed it. */
    public IngestException(String message, Throwable cause) {
        super(message, cause);
    }
}
