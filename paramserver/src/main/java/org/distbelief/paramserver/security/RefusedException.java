package org.distbelief.paramserver.security;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The other end has not proved that it belongs to this job, or did not accept this end's proof. Trying again helps only
 * if another process answers then: as after a lost connection, one may look for the peer again, for a bounded time.
 */
public final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
