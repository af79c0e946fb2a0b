package org.distbelief.paramserver.shard;

/** A shard refuses a request and has changed nothing. The message says what was expected and what was found. */
public final class ShardException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why a request is refused. */
    public enum Kind {
        /** The request is meant for another generation of the shard: look its address up again. */
        STALE_GENERATION(true),
        /** The shard could not take the request in time: try again. */
        BUSY(true),
        /** A later incarnation of the same partition has pushed: this process has been replaced and must end. */
        ZOMBIE_PUSH(false),
        /** Pushes before this one are missing. */
        SEQUENCE_GAP(false),
        /** The gradient holds NaN or an infinity: the training diverges. */
        NOT_FINITE(false),
        /** The shard does not hold these parameters or this vector, or the length does not fit them. */
        WRONG_RANGES(false),
        /** The vectors could not be written. */
        SAVE_FAILED(false),
        /** A program names a vector that the shard does not hold. */
        NO_VECTOR(false),
        /** A later coordinator has sent programs: the one that sent this has been replaced. */
        DEPOSED(false);

        private final boolean retryable;

        Kind(boolean retryable) {
            this.retryable = retryable;
        }

        /** Whether the same request may succeed later, after a fresh look at the shard's address. */
        public boolean retryable() {
            return retryable;
        }
    }

    private final Kind kind;

    public ShardException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public ShardException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Why the request is refused. */
    public Kind kind() {
        return kind;
    }
}
