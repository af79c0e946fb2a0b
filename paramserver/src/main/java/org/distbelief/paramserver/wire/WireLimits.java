package org.distbelief.paramserver.wire;

import java.time.Duration;
import org.apache.thrift.TConfiguration;

/**
 * What a peer may do to this process. Lengths are checked before anything is allocated for them.
 *
 * @param connections connections that a server holds at the same time; further ones are closed at once
 * @param messageBytes most bytes of a message without its payload
 * @param idle how long a connection may wait for the next request
 * @param read how long a peer may stay silent in the middle of a message, or take nothing of what is sent to it; also
 *     what a message may take in all, and a second more for each 64 KiB of it
 */
public record WireLimits(int connections, int messageBytes, Duration idle, Duration read) {
    private static final int RECURSION = 32;

    /** 512 connections, 5 MiB, 10 minutes, 30 seconds. */
    public static WireLimits standard() {
        return new WireLimits(512, 5 << 20, Duration.ofMinutes(10), Duration.ofSeconds(30));
    }

    /** The same with other time-outs. */
    public WireLimits withTimeouts(Duration newIdle, Duration newRead) {
        return new WireLimits(connections, messageBytes, newIdle, newRead);
    }

    /** The same with another bound on connections. */
    public WireLimits withConnections(int most) {
        return new WireLimits(most, messageBytes, idle, read);
    }

    TConfiguration thrift() {
        return TConfiguration.custom()
                .setMaxMessageSize(messageBytes)
                .setMaxFrameSize(messageBytes)
                .setRecursionLimit(RECURSION)
                .build();
    }
}
