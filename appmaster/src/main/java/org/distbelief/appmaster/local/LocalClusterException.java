package org.distbelief.appmaster.local;

import java.io.IOException;

/** Says in its message what of the local cluster went wrong, where to look, and what to do. */
public final class LocalClusterException extends IOException {
    private static final long serialVersionUID = 1L;

    /** An error that the message explains in full. */
    public LocalClusterException(String message) {
        super(message);
    }

    /** An error with the exception that led to it. */
    public LocalClusterException(String message, Throwable cause) {
        super(message, cause);
    }
}
