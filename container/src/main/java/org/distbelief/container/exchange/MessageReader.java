package org.distbelief.container.exchange;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ScatteringByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.distbelief.container.kernel.FloatMemory;
import org.jspecify.annotations.Nullable;

/**
 * What comes in from one neighbour, see {@link Peer} for its form. Floats go straight to the memory that was opened for
 * them; a message for which none is open yet is held, and with it all behind it. Not synchronised.
 */
final class MessageReader {
    private static final long MOST_WORDS = 1 << 24;

    private final Map<Integer, Slot> slots = new HashMap<>();
    private final Deque<byte[]> words = new ArrayDeque<>();
    private final ByteBuffer head = ByteBuffer.allocateDirect(Peer.HEAD).order(ByteOrder.LITTLE_ENDIAN);

    /** Where the message that is coming in goes; null while its head is read. */
    private ByteBuffer @Nullable [] incoming;

    private long missing;
    private int tag;
    private boolean held;

    /** Where a message with a tag goes, and whether it is there. */
    private static final class Slot {
        private ByteBuffer @Nullable [] open;
        private long bytes;
        private boolean delivered;
    }

    private Slot slot(int which) {
        return slots.computeIfAbsent(which, t -> new Slot());
    }

    /**
     * Says where the next message with a tag goes.
     *
     * @return whether it is being held, so that reading can go on now
     */
    boolean open(int which, List<FloatMemory> pieces) {
        ByteBuffer[] buffers = new ByteBuffer[pieces.size()];
        long bytes = 0;
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = pieces.get(i).bytes();
            bytes += buffers[i].remaining();
        }
        Slot slot = slot(which);
        slot.open = buffers;
        slot.bytes = bytes;
        return held && tag == which;
    }

    /** Whether the message with a tag is where {@link #open} said. */
    boolean delivered(int which) {
        return slot(which).delivered;
    }

    /** The message with a tag was taken. */
    void taken(int which) {
        slot(which).delivered = false;
    }

    /** Words that have come and were not taken, in order. */
    Deque<byte[]> words() {
        return words;
    }

    /** Whether a message waits for its place. */
    boolean held() {
        return held;
    }

    /**
     * Reads what is there.
     *
     * @throws IOException where the connection is at its end, or a message is not what was expected
     */
    void read(ScatteringByteChannel channel) throws IOException {
        while (incoming != null || begin(channel)) {
            ByteBuffer[] into = incoming;
            if (into == null) {
                return;
            }
            if (missing > 0) {
                long got = channel.read(into);
                if (got < 0) {
                    throw new EOFException("the connection was closed in the middle of a message");
                }
                missing -= got;
                if (missing > 0) {
                    return;
                }
            }
            end(into);
        }
    }

    /** Reads the head of the next message, and finds its place; false where something must come first. */
    private boolean begin(ScatteringByteChannel channel) throws IOException {
        if (!held) {
            if (channel.read(head) < 0) {
                throw new EOFException("the connection was closed");
            }
            if (head.hasRemaining()) {
                return false;
            }
            head.flip();
            tag = head.getInt();
            missing = head.getLong();
            head.clear();
        }
        if (tag == Peer.WORDS) {
            if (missing < 0 || missing > MOST_WORDS) {
                throw new IOException("expected at most " + MOST_WORDS + " bytes of words, found " + missing);
            }
            incoming = new ByteBuffer[] {ByteBuffer.allocate((int) missing)};
            return true;
        }
        if (tag == Peer.SIGN_OF_LIFE) {
            incoming = new ByteBuffer[0];
            return true;
        }
        Slot slot = slot(tag);
        held = slot.open == null;
        if (held) {
            return false;
        }
        if (slot.bytes != missing) {
            throw new IOException("expected message " + tag + " of " + slot.bytes + " bytes, found " + missing);
        }
        incoming = slot.open;
        slot.open = null;
        return true;
    }

    private void end(ByteBuffer[] message) {
        if (tag == Peer.WORDS) {
            words.add(message[0].array());
        } else if (tag != Peer.SIGN_OF_LIFE) {
            slot(tag).delivered = true;
        }
        incoming = null;
    }
}
