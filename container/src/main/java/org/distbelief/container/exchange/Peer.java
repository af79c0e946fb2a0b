package org.distbelief.container.exchange;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.distbelief.conf.Sizes;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.paramserver.security.SecuredChannel;
import org.jspecify.annotations.Nullable;

/**
 * The connection to one neighbour. A message is a head of {@value #HEAD} bytes, its tag and its length in bytes, and
 * floats in little-endian order; words have the tag {@value #WORDS}, and a sign of life, which is empty, has
 * {@value #SIGN_OF_LIFE}. The computing thread writes as much as the socket takes and the {@link SocketNeighbours}
 * thread the rest; that one alone reads.
 */
final class Peer {
    static final int WORDS = -1;
    static final int SIGN_OF_LIFE = -2;
    static final int HEAD = Integer.BYTES + Long.BYTES;

    private final int number;
    private final String address;
    private final SecuredChannel channel;
    private final Duration bound;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final MessageReader reader = new MessageReader();
    private final Deque<ByteBuffer[]> unsent = new ArrayDeque<>();
    private @Nullable SelectionKey key;
    private @Nullable String failure;
    private volatile boolean resumed;
    /** Messages handed over for sending, and those of them that are out. */
    private long handedOver;

    private long out;
    private long lastHeard = System.nanoTime();

    /**
     * @param number of the partition
     * @param address for messages
     * @param channel connected and greeted
     */
    Peer(int number, String address, SecuredChannel channel, Duration bound) {
        this.number = number;
        this.address = address;
        this.channel = channel;
        this.bound = bound;
    }

    SocketChannel socket() {
        return channel.socket();
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
        lock.lock();
        try {
            if (reader.open(tag, pieces) && key != null) {
                lastHeard = System.nanoTime();
                resumed = true;
                key.interestOpsOr(SelectionKey.OP_READ);
                key.selector().wakeup();
            }
        } finally {
            lock.unlock();
        }
    }

    void await(int tag) {
        await("message " + tag + " was awaited", () -> reader.delivered(tag));
        lock.lock();
        try {
            reader.taken(tag);
        } finally {
            lock.unlock();
        }
    }

    byte[] hear() {
        await("its word was awaited", () -> !reader.words().isEmpty());
        lock.lock();
        try {
            return reader.words().remove();
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
            boolean readingAwaitsWriting = channel.awaited(SelectionKey.OP_READ) == SelectionKey.OP_WRITE;
            if (writable) {
                write();
            }
            if (readable || readingAwaitsWriting) {
                read();
            }
        } catch (IOException e) {
            fail(e);
        } finally {
            lock.unlock();
        }
    }

    /** Goes on reading what was held: the socket need not become ready for what the channel has taken out of it. */
    void resume() {
        if (resumed) {
            resumed = false;
            go(true, false);
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
            if (!reader.held() && System.nanoTime() - lastHeard > silence.toNanos()) {
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
            if (message[message.length - 1].hasRemaining() || hasRemaining(message) || channel.unsent()) {
                interest(SelectionKey.OP_WRITE, true);
                return;
            }
            unsent.remove();
            out++;
            changed.signalAll();
        }
        interest(SelectionKey.OP_WRITE, channel.awaited(SelectionKey.OP_READ) == SelectionKey.OP_WRITE);
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
        reader.read(channel);
        if (reader.held()) {
            interest(SelectionKey.OP_READ, false);
        }
        if (channel.awaited(SelectionKey.OP_READ) == SelectionKey.OP_WRITE) {
            interest(SelectionKey.OP_WRITE, true);
        }
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
