package org.distbelief.ingest.raw;

/** One raw file cannot be used. It is counted and listed; the ingest goes on. */
public final class BadInputException extends Exception {
    private static final long serialVersionUID = 1L;

    private final BadReason reason;

    /** With what exactly was expected and found. */
    public BadInputException(BadReason reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    /** With the failure that showed it. */
    public BadInputException(BadReason reason, String detail, Throwable cause) {
        super(detail, cause);
        this.reason = reason;
    }

    /** Under which it is counted. */
    public BadReason reason() {
        return reason;
    }

    /** What exactly was expected and found. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
