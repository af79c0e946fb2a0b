package org.distbelief.paramserver.client;

import java.io.IOException;

/**
 * A shard could not be reached, or did not take a request, within the bound. The message names it and the last cause.
 */
public final class ShardUnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    public ShardUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
