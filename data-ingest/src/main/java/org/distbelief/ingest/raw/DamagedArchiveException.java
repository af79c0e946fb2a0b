package org.distbelief.ingest.raw;

import java.io.IOException;

/** An archive that cannot be read to its end; the message names it. The ingest as a whole fails. */
public final class DamagedArchiveException extends IOException {
    private static final long serialVersionUID = 1L;

    /** With the failure that showed it. */
    public DamagedArchiveException(String message, Throwable cause) {
        super(message, cause);
    }
}
