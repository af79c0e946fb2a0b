package org.distbelief.container.exchange;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.distbelief.conf.Sizes;
import org.distbelief.container.kernel.FloatMemory;
import org.jspecify.annotations.Nullable;

/**
 * The connection to one neighbour. A message is a head of {@value #HEAD} bytes, its tag and its length in bytes, and
 * floats in little-endian order; words have the tag {@value #WORDS}, and a sign of life, which is empty, has
 * {@value #SIGN_OF_LIFE}. The computing thread writes as much as the socket takes and the {@link SocketNeighbours}
 * thread the rest; that one alone reads.
 */
final class Peer {
    private static final int WORDS = -1;
    private static final int SIGN_OF_LIFE = -2;
    private static final int HEAD = Integer.BYTES + Long.BYTES;
    private static final long MOST_WORDS = 1 << 24;

    private final int number;
    private final String address;
    private final SocketChannel channel;
    private final Duration bound;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Integer, Slot> slots = new HashMap<>();
    private final Deque<byte[]> words = new ArrayDeque<>();
    private final Deque<ByteBuffer[]> unsent = new ArrayDeque<>();
    private final ByteBuffer head = ByteBuffer.allocateDirect(HEAD).order(ByteOrder.LITTLE_ENDIAN);
    private @Nullable SelectionKey key;
    private @Nullable String failure;
    /** Messages handed over for sending, and those of them that are out. */
    private long handedOver;

    private long out;
    /** Where the floats of the message that is coming in go; null while its head is read. */
    private ByteBuffer @Nullable [] incoming;

    private long missing;
    private int incomingTag;
    private boolean held;
    private long lastHeard = System.nanoTime();

    /** Where a message with a tag goes, and whether it is there. */
    private static final class Slot {
        private ByteBuffer @Nullable [] open;
        private long bytes;
        private boolean delivered;
    }

    /**
     * @param number of the partition
     * @param address for messages
     * @param channel connected, greeted, and not blocking
     */
    Peer(int number, String address, SocketChannel channel, Duration bound) {
        this.number = number;
        this.address = address;
        this.channel = channel;
        this.bound = bound;
    }

    SocketChannel channel() {
        return channel;
    }

    void registered(SelectionKey selectionKey) {
        key = selectionKey;
    }

    // ---- the computing thread

    /** Sends a message, or begins to. */
    long send(int tag, List<FloatMemory> pieces) {
        long bytes = 0;
        ByteBuffer[] message = new ByteBuffer[pieces.size() + 1];
        for (int i = 0; i < pieces.size(); i++) {
            message[i + 1] = pieces.get(i).bytes();
            bytes += message[i + 1].remaining();
        }
        message[0] = head(tag, bytes);
        return hand(message);
    }

    void tell(byte[] what) {
        hand(new ByteBuffer[] {head(WORDS, what.length), ByteBuffer.wrap(what.clone())});
    }

    private static ByteBuffer head(int tag, long bytes) {
        return ByteBuffer.allocate(HEAD)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(tag)
                .putLong(bytes)
                .flip();
    }

    private long hand(ByteBuffer[] message) {
        lock.lock();
        try {
            requireAlive("it was to be sent a message");
            unsent.add(message);
            handedOver++;
            if (unsent.size() == 1) {
                write();
            }
            return handedOver;
        } catch (IOException e) {
            fail(e);
            throw new NeighbourException(number, "is lost: " + failure);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a message that {@link #send} numbered is out. */
    void awaitSent(long message) {
        await("it took a message", () -> out >= message);
    }

    void open(int tag, List<FloatMemory> pieces) {
        ByteBuffer[] buffers = new ByteBuffer[pieces.size()];
        long bytes = 0;
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = pieces.get(i).bytes();
            bytes += buffers[i].remaining();
        }
        lock.lock();
        try {
            Slot slot = slot(tag);
            slot.open = buffers;
            slot.bytes = bytes;
            if (held && incomingTag == tag && key != null) {
                lastHeard = System.nanoTime();
                key.interestOpsOr(SelectionKey.OP_READ);
                key.selector().wakeup();
            }
        } finally {
            lock.unlock();
        }
    }

    void await(int tag) {
        Slot slot = slot(tag);
        await("message " + tag + " was awaited", () -> slot.delivered);
        lock.lock();
        try {
            slot.delivered = false;
        } finally {
            lock.unlock();
        }
    }

    byte[] hear() {
        await("its word was awaited", () -> !words.isEmpty());
        lock.lock();
        try {
            return words.remove();
        } finally {
            lock.unlock();
        }
    }

    private Slot slot(int tag) {
        lock.lock();
        try {
            return slots.computeIfAbsent(tag, t -> new Slot());
        } finally {
            lock.unlock();
        }
    }

    private void await(String what, BooleanSupplier condition) {
        lock.lock();
        try {
            long left = bound.toNanos();
            while (!condition.getAsBoolean()) {
                requireAlive(what);
                if (left <= 0) {
                    throw new NeighbourException(
                            number, "at " + address + " was silent for " + Sizes.text(bound) + " while " + what);
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NeighbourException(number, "was not waited for any longer: interrupted while " + what);
        } finally {
            lock.unlock();
        }
    }

    private void requireAlive(String what) {
        if (failure != null) {
            throw new NeighbourException(number, "at " + address + " is lost: " + failure + ", while " + what);
        }
    }

    // ---- the thread of the sockets

    /** Goes on with what the socket is ready for. */
    void go(boolean readable, boolean writable) {
        lock.lock();
        try {
            if (writable) {
                write();
            }
            if (readable) {
                read();
            }
        } catch (IOException e) {
            fail(e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives a sign of life, and looks whether the neighbour has given one.
     *
     * @param silence after how long without one the neighbour counts as lost
     */
    void lookAfter(Duration silence) {
        lock.lock();
        try {
            if (failure != null) {
                return;
            }
            // While a message waits here for its place, nothing behind it can be heard.
            if (!held && System.nanoTime() - lastHeard > silence.toNanos()) {
                throw new IOException("nothing was heard of it for " + Sizes.text(silence));
            }
            if (unsent.isEmpty()) {
                unsent.add(new ByteBuffer[] {head(SIGN_OF_LIFE, 0)});
                handedOver++;
                write();
            }
        } catch (IOException e) {
            fail(e);
        } finally {
            lock.unlock();
        }
    }

    /** Writes what the socket takes; call with the lock held. */
    private void write() throws IOException {
        while (!unsent.isEmpty()) {
            ByteBuffer[] message = unsent.peek();
            channel.write(message);
            if (message[message.length - 1].hasRemaining() || hasRemaining(message)) {
                interest(SelectionKey.OP_WRITE, true);
                return;
            }
            unsent.remove();
            out++;
            changed.signalAll();
        }
        interest(SelectionKey.OP_WRITE, false);
    }

    private static boolean hasRemaining(ByteBuffer[] buffers) {
        for (ByteBuffer buffer : buffers) {
            if (buffer.hasRemaining()) {
                return true;
            }
        }
        return false;
    }

    private void interest(int operation, boolean on) {
        SelectionKey selection = key;
        if (selection != null && (selection.interestOps() & operation) != (on ? operation : 0)) {
            if (on) {
                selection.interestOpsOr(operation);
                selection.selector().wakeup();
            } else {
                selection.interestOpsAnd(~operation);
            }
        }
    }

    /** Reads what is there; call with the lock held. */
    private void read() throws IOException {
        lastHeard = System.nanoTime();
        while (true) {
            if (incoming == null && !begin()) {
                return;
            }
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

    /** Reads the head of the next message, and finds its place; false where more is to come first. */
    private boolean begin() throws IOException {
        if (!held) {
            if (channel.read(head) < 0) {
                throw new EOFException("the connection was closed");
            }
            if (head.hasRemaining()) {
                return false;
            }
            head.flip();
            incomingTag = head.getInt();
            missing = head.getLong();
            head.clear();
        }
        if (incomingTag == WORDS) {
            if (missing < 0 || missing > MOST_WORDS) {
                throw new IOException("expected at most " + MOST_WORDS + " bytes of words, found " + missing);
            }
            incoming = new ByteBuffer[] {ByteBuffer.allocate((int) missing)};
            return true;
        }
        if (incomingTag == SIGN_OF_LIFE) {
            incoming = new ByteBuffer[0];
            return true;
        }
        Slot slot = slots.computeIfAbsent(incomingTag, t -> new Slot());
        if (slot.open == null) {
            held = true;
            interest(SelectionKey.OP_READ, false);
            return false;
        }
        if (slot.bytes != missing) {
            throw new IOException("expected message " + incomingTag + " of " + slot.bytes + " bytes, found " + missing);
        }
        held = false;
        incoming = slot.open;
        slot.open = null;
        return true;
    }

    private void end(ByteBuffer[] message) {
        if (incomingTag == WORDS) {
            words.add(message[0].array());
        } else if (incomingTag != SIGN_OF_LIFE) {
            slots.computeIfAbsent(incomingTag, t -> new Slot()).delivered = true;
        }
        incoming = null;
        changed.signalAll();
    }

    private void fail(IOException cause) {
        if (failure == null) {
            failure = String.valueOf(cause.getMessage());
        }
        changed.signalAll();
        close();
    }

    /** Closes the connection; waits end. */
    void close() {
        lock.lock();
        try {
            if (failure == null) {
                failure = "the connection was given up";
            }
            changed.signalAll();
            channel.close();
        } catch (IOException e) {
            failure = "the connection was given up: " + e.getMessage();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all is out, at most for a while. */
    void drain(Duration most) {
        lock.lock();
        try {
            long left = most.toNanos();
            while (failure == null && !unsent.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
