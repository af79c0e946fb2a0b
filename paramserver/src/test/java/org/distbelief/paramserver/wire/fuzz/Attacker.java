package org.distbelief.paramserver.wire.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.Callable;
import org.apache.thrift.TException;
import org.distbelief.paramserver.security.WireSecurity;

/**
 * Sends malformed messages, many on each connection without waiting for replies, mostly as one who knows the job's
 * secret. Reads what comes back, but for connections that it leaves in the middle of a message.
 */
final class Attacker implements Callable<Attacker.Tally> {
    private static final int MOST_GENTLE = 60;
    private static final int STALLED = 24;
    private static final double STRANGER = 0.02;

    private final InetSocketAddress address;
    private final WireSecurity security;
    private final Random random;
    private final Frames frames;
    private final int messages;
    private final Deque<SocketChannel> stalled = new ArrayDeque<>();
    private final ByteBuffer received = ByteBuffer.allocate(1 << 20);
    private long sent;
    private long reached;
    private long applied;
    private long counted;
    private long unknown;
    private long strange;
    private long ran;

    /** @param messages how many to send */
    Attacker(InetSocketAddress address, WireSecurity security, long seed, int messages, String directory) {
        this.address = address;
        this.security = security;
        this.random = new Random(seed);
        this.frames = new Frames(random, directory);
        this.messages = messages;
    }

    /**
     * What became of the messages.
     *
     * @param sent how many were sent
     * @param reached those that were answered, by a result or a refusal; after others the connection was closed
     * @param applied pushes among them that were valid, ended an update and were applied
     * @param counted those of them that raised the version
     * @param unknown pushes of which that is not known, as the connection was lost before the reply came
     * @param strange those sent without a handshake
     * @param ran programs that were run
     */
    record Tally(long sent, long reached, long applied, long counted, long unknown, long strange, long ran) {
        Tally plus(Tally other) {
            return new Tally(
                    sent + other.sent,
                    reached + other.reached,
                    applied + other.applied,
                    counted + other.counted,
                    unknown + other.unknown,
                    strange + other.strange,
                    ran + other.ran);
        }
    }

    @Override
    public Tally call() throws IOException, TException {
        while (sent < messages) {
            boolean stranger = random.nextDouble() < STRANGER;
            SocketChannel channel = SocketChannel.open(address);
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            if (!stranger) {
                security.connect(channel, "the fuzzed shard", WireSecurity.HANDSHAKE);
                channel.configureBlocking(true);
            }
            attack(channel, stranger);
        }
        while (!stalled.isEmpty()) {
            stalled.remove().close();
        }
        return new Tally(sent, reached, applied, counted, unknown, strange, ran);
    }

    private void attack(SocketChannel channel, boolean stranger) throws IOException, TException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int gentle = stranger ? 0 : random.nextInt(MOST_GENTLE);
        for (int i = 0; i < gentle; i++) {
            out.writeBytes(frames.gentle());
        }
        out.writeBytes(Frames.mark());
        received.clear();
        // The shard can only read on after these; so none of their replies is lost with the connection.
        boolean open = send(channel, out.toByteArray()) && readUntilMark(channel);
        Frames.Frame harsh = frames.harsh();
        open = open && send(channel, harsh.bytes().array());
        out.writeBytes(harsh.bytes().array());
        sent += gentle + 1;
        if (open && harsh.broken() && !stranger && !pushes(harsh.bytes().array())) {
            stalled.add(channel);
            if (stalled.size() > STALLED) {
                stalled.remove().close();
            }
        } else {
            finish(channel, open);
        }
        if (stranger) {
            strange++;
            return;
        }
        Replies replies = Replies.read(out.toByteArray(), received.array(), received.position());
        reached += Math.min(gentle + 1, replies.answered());
        applied += replies.applied();
        counted += replies.counted();
        unknown += replies.unknown();
        ran += replies.ran();
    }

    private boolean readUntilMark(SocketChannel channel) throws TException {
        byte[] mark = Frames.markReply();
        try {
            while (channel.read(received) >= 0) {
                if (!received.hasRemaining()) {
                    throw new AssertionError("the shard sent more than " + received.capacity() + " bytes");
                }
                int at = received.position() - mark.length;
                if (at >= 0 && Arrays.equals(received.array(), at, at + mark.length, mark, 0, mark.length)) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false;
        }
        return false;
    }

    /** Whether the shard may apply something of it, of which nobody would know how much. */
    private static boolean pushes(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).contains("push");
    }

    private static boolean send(SocketChannel channel, byte[] bytes) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void finish(SocketChannel channel, boolean whole) {
        try (channel) {
            if (whole) {
                channel.shutdownOutput();
            }
            while (channel.read(received) >= 0) {
                if (!received.hasRemaining()) {
                    throw new AssertionError("the shard sent more than " + received.capacity() + " bytes");
                }
            }
        } catch (IOException e) {
            // The shard has closed the connection before it read everything; its replies came before that.
            return;
        }
    }
}
