package org.distbelief.dataset;

import java.io.IOException;

/** A data set that is there but is not what it should be; the message names the file and what was expected. */
public final class DatasetFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Without a cause. */
    public DatasetFormatException(String message) {
        super(message);
    }

    /** With the failure that showed it. */
    public DatasetFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
