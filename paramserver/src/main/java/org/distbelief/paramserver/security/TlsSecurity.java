package org.distbelief.paramserver.security;

import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import tlschannel.BufferAllocator;
import tlschannel.ClientTlsChannel;
import tlschannel.HeapBufferAllocator;
import tlschannel.ServerTlsChannel;
import tlschannel.TlsChannel;
import tlschannel.TlsChannelBuilder;

/** Mutual TLS with the job's certificate. A connection takes about 40 KiB of heap. */
final class TlsSecurity implements WireSecurity {
    private static final String[] PROTOCOLS = {"TLSv1.3"};

    private final SSLContext context;
    private final BufferAllocator buffers = new HeapBufferAllocator();

    TlsSecurity(SSLContext context) {
        this.context = context;
    }

    @Override
    public SecuredChannel connect(SocketChannel channel, String server, Duration bound) throws IOException {
        try {
            return open(
                    channel,
                    configured(ClientTlsChannel.newBuilder(channel, engine(true)))
                            .build(),
                    bound);
        } catch (SSLException | ClosedChannelException | SocketException e) {
            throw new RefusedException(
                    "refused: the server at " + server + " has not proved by TLS that it belongs to this job ("
                            + (e.getMessage() == null ? "it closed the connection" : e.getMessage())
                            + "); it belongs to another job or is another program",
                    e);
        }
    }

    @Override
    public SecuredChannel accept(SocketChannel channel, Duration bound) throws IOException {
        return open(
                channel,
                configured(ServerTlsChannel.newBuilder(channel, context).withEngineFactory(c -> engine(false)))
                        .build(),
                bound);
    }

    private <T extends TlsChannelBuilder<T>> T configured(T builder) {
        return builder.withPlainBufferAllocator(buffers)
                .withEncryptedBufferAllocator(buffers)
                .withReleaseBuffers(false);
    }

    private SSLEngine engine(boolean client) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        engine.setNeedClientAuth(true);
        engine.setEnabledProtocols(PROTOCOLS);
        return engine;
    }

    private static SecuredChannel open(SocketChannel channel, TlsChannel tls, Duration bound) throws IOException {
        channel.configureBlocking(false);
        TlsLink link = new TlsLink(channel, tls);
        try (TimedChannel timed = new TimedChannel(link, bound)) {
            link.shakeHands(timed);
        }
        return link;
    }
}
