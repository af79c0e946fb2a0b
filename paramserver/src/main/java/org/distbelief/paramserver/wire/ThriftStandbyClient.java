package org.distbelief.paramserver.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.StandbyShard.Link;
import org.distbelief.paramserver.standby.Leading;
import org.distbelief.paramserver.standby.Message;
import org.distbelief.paramserver.standby.StandbyClient;
import org.distbelief.paramserver.wire.gen.FillRequest;
import org.distbelief.paramserver.wire.gen.ShardRefused;
import org.jspecify.annotations.Nullable;

/** Speaks to a standby over Thrift. Floats go straight from the shard's memory or a push's to the socket. */
public final class ThriftStandbyClient implements StandbyClient {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final ThriftConnection connection;
    private final Duration silence;
    private final long standby;
    private Link link = Link.NONE;

    /**
     * @param address where the standby listens; its generation
     * @param limits bounds on its silence
     * @param security what it must prove, and this end to it
     */
    public ThriftStandbyClient(ShardAddress address, WireLimits limits, WireSecurity security) {
        this.connection = new ThriftConnection(address.host(), address.port(), CONNECT, limits, security);
        this.silence = limits.read();
        this.standby = address.generation();
    }

    @Override
    public void ping() throws IOException {
        try {
            connection.call("ping", silence, WireProtocol::writeNothing, in -> {
                in.readNoResult(null);
                return true;
            });
        } catch (TException e) {
            throw new IOException("ping failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void begin(Leading.Beginning beginning) throws IOException, ShardException {
        link = beginning.link();
        connection.send("follow", out -> out.writeSingle(1, ChangeTranslation.follow(standby, beginning)));
        received();
    }

    @Override
    public void send(Message message) throws IOException {
        if (message instanceof Message.Changed changed) {
            ByteBuffer fetched = changed.fetched();
            connection.send(
                    "change",
                    out -> write(
                            out,
                            ChangeTranslation.change(
                                    standby, link, changed.number(), changed.change(), fetched != null),
                            changed.gradient(),
                            fetched));
        } else if (message instanceof Message.Filled filled) {
            connection.send(
                    "fill",
                    out -> write(
                            out,
                            new FillRequest(standby, ChangeTranslation.link(link), filled.number(), filled.chunk()),
                            filled.values(),
                            null));
        }
    }

    private static void write(
            WireProtocol out, TSerializable request, @Nullable ByteBuffer first, @Nullable ByteBuffer second)
            throws TException {
        ThriftShardClient.writeBeforePayload(out, request, remaining(first) + (long) remaining(second));
        if (first != null) {
            out.writePayload(first.duplicate());
        }
        if (second != null) {
            out.writePayload(second.duplicate());
        }
        ThriftShardClient.writeAfterPayload(out);
    }

    private static int remaining(@Nullable ByteBuffer floats) {
        return floats == null ? 0 : floats.remaining();
    }

    @Override
    public void received() throws IOException, ShardException {
        try {
            connection.receive(silence, in -> {
                in.readNoResult(new ShardRefused());
                return true;
            });
        } catch (ShardRefused e) {
            throw Translation.refused(e);
        } catch (TException e) {
            throw new IOException("the standby did not answer: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
