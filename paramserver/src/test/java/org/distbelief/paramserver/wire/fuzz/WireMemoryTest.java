package org.distbelief.paramserver.wire.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TList;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TMemoryBuffer;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.wire.ThriftShardClient;
import org.distbelief.paramserver.wire.WireLimits;
import org.distbelief.paramserver.wire.gen.FetchRequest;
import org.distbelief.paramserver.wire.gen.PushRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many peers at once that want much of a shard's memory; its process ends when its heap is full. */
@Timeout(120)
class WireMemoryTest {
    private static final int PEERS = 150;
    private static final int CLAIM = 4 << 20;
    private static final long SLACK = 24L << 20;

    private final JobSecret secret = JobSecret.random(new SecureRandom());
    private final WireSecurity security = WireSecurity.of(secret);
    private final List<SocketChannel> peers = new ArrayList<>();

    @TempDir
    private Path temp;

    @AfterEach
    void leave() throws IOException {
        for (SocketChannel peer : peers) {
            peer.close();
        }
    }

    private SocketChannel peer(AttackedShard shard) throws IOException {
        SocketChannel channel = SocketChannel.open(shard.socketAddress());
        security.connect(channel, "the attacked shard", WireSecurity.HANDSHAKE);
        channel.configureBlocking(true);
        peers.add(channel);
        return channel;
    }

    @FunctionalInterface
    private interface Message {
        void write(TBinaryProtocol out) throws TException;
    }

    private static ByteBuffer call(String method, Message arguments) throws TException {
        TMemoryBuffer out = new TMemoryBuffer(100);
        TBinaryProtocol protocol = new TBinaryProtocol(out);
        protocol.writeMessageBegin(new TMessage(method, TMessageType.CALL, 1));
        protocol.writeFieldBegin(new TField("", TType.STRUCT, (short) 1));
        arguments.write(protocol);
        return ByteBuffer.wrap(out.getArray(), 0, out.length());
    }

    @Test
    void whatIsOnlyClaimedTakesNoMemory() throws Exception {
        try (AttackedShard shard = AttackedShard.start(temp, secret)) {
            shard.status(security);
            long before = shard.usage().heap();
            ByteBuffer ranges = call("fetch", out -> {
                out.writeFieldBegin(new TField("", TType.LIST, (short) 3));
                out.writeListBegin(new TList(TType.I64, CLAIM / Long.BYTES));
                out.writeI64(1);
            });
            ByteBuffer name = call("fetch", out -> {
                out.writeFieldBegin(new TField("", TType.STRING, (short) 2));
                out.writeI32(CLAIM);
                out.writeI64(1);
            });
            ByteBuffer vectors = call("save", out -> {
                out.writeFieldBegin(new TField("", TType.LIST, (short) 3));
                out.writeListBegin(new TList(TType.STRING, CLAIM / Integer.BYTES));
                out.writeString("parameters");
            });
            for (int i = 0; i < PEERS; i++) {
                peer(shard).write(List.of(ranges, name, vectors).get(i % 3).duplicate());
            }
            shard.status(security);
            assertThat(shard.usage().heap()).isLessThan(before + SLACK);
        }
    }

    @Test
    void largeMessagesAreReadOneAfterTheOther() throws Exception {
        try (AttackedShard shard = AttackedShard.start(temp, secret)) {
            List<Long> ranges = new ArrayList<>();
            for (long i = 0; i < CLAIM / Long.BYTES / 2; i++) {
                ranges.addAll(List.of(2 * i, 2 * i + 1));
            }
            ByteBuffer fetch = call("fetch", out -> {
                new FetchRequest(FuzzedShard.GENERATION, "parameters", ranges).write(out);
                out.writeFieldStop();
            });
            List<SocketChannel> large = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                large.add(peer(shard));
            }
            List<Thread> senders = large.stream()
                    .map(channel -> new Thread(() -> send(channel, fetch.duplicate())))
                    .toList();
            senders.forEach(Thread::start);
            for (SocketChannel channel : large) {
                assertThat(reply(channel)).contains("expected parameters within");
            }
            for (Thread sender : senders) {
                sender.join();
            }
            assertThat(shard.status(security).version()).isZero();
        }
    }

    private static void send(SocketChannel channel, ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String reply(SocketChannel channel) throws IOException {
        ByteBuffer reply = ByteBuffer.allocate(4096);
        channel.read(reply);
        return new String(Arrays.copyOf(reply.array(), reply.position()), StandardCharsets.UTF_8);
    }

    @Test
    void aPushForWhichThereIsNoMemoryIsRefusedForNow() throws Exception {
        RangeSet ranges = FuzzedShard.TARGET;
        try (AttackedShard shard = AttackedShard.start(temp, secret, "-XX:MaxDirectMemorySize=12m");
                ShardClient client = new ThriftShardClient(shard.address(), WireLimits.standard(), security)) {
            client.status();
            ByteBuffer begun = call("push", out -> {
                new PushRequest(FuzzedShard.GENERATION, 5, 0, 1, 1, List.of(0L, 1L), 0).write(out);
                out.writeFieldBegin(new TField("", TType.STRING, (short) 2));
                out.writeI32(PushHeader.MOST_FLOATS * Float.BYTES);
                out.writeI64(0);
            });
            PushHeader header = new PushHeader(FuzzedShard.GENERATION, new PushId(1, 0, 1, 1), ranges, -1, true, true);
            ContiguousParameterBuffer gradient = new ContiguousParameterBuffer((int) ranges.size());
            for (int i = 0; i < 20; i++) {
                peer(shard).write(begun.duplicate());
            }
            assertThatThrownBy(() -> {
                        // The other pushes are still arriving; each of ours takes the last memory or gets none.
                        while (true) {
                            client.push(header, gradient);
                        }
                    })
                    .isInstanceOfSatisfying(
                            ShardException.class, e -> assertThat(e.kind()).isEqualTo(ShardException.Kind.BUSY))
                    .hasMessageContaining("no memory for one more push");
            leave();
            while (shard.usage().connections() > 1) {
                Thread.onSpinWait();
            }
            client.push(header, gradient);
            assertThat(shard.status(security).version()).isEqualTo(1);
        }
    }
}
