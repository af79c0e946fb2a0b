package org.distbelief.paramserver.client;

/**
 * Bytes that have gone over connections.
 *
 * @param sent to the shard
 * @param received from it
 */
public record Traffic(long sent, long received) {
    /** Nothing. */
    public static final Traffic NONE = new Traffic(0, 0);

    /** Both together. */
    public Traffic plus(Traffic other) {
        return new Traffic(sent + other.sent, received + other.received);
    }

    /** What has come since. */
    public Traffic minus(Traffic before) {
        return new Traffic(sent - before.sent, received - before.received);
    }
}
