package org.distbelief.paramserver.security;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** No handshake at all. */
record NoSecurity() implements WireSecurity {
    @Override
    public SecuredChannel connect(SocketChannel channel, String server, Duration bound) throws IOException {
        return open(channel);
    }

    @Override
    public SecuredChannel accept(SocketChannel channel, Duration bound) throws IOException {
        return open(channel);
    }

    private static SecuredChannel open(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        return new PlainChannel(channel);
    }
}
