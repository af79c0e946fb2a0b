package org.distbelief.paramserver.process;

import org.distbelief.conf.ProcessExit;

/** A shard's process must end; the message is the one-line reason. */
final class ShardFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final ProcessExit status;

    ShardFailure(ProcessExit status, String message) {
        super(message);
        this.status = status;
    }

    ShardFailure(ProcessExit status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    ProcessExit status() {
        return status;
    }
}
