package org.distbelief.paramserver.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.distbelief.paramserver.security.SecuredChannel;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose bytes go through shared memory. What is left to the connection itself, the <em>line</em>, is to
 * wake the other end where that waits, with a byte that means nothing else, and to tell when the other end is gone. So
 * who waits does it as ever, for the line's socket, and for as long as ever.
 *
 * <p>An end that waits says for how much, at most half a ring: it is not woken for less.
 */
final class WindowChannel implements SecuredChannel {
    /**
     * A read with room for more than this, which is more than a transport's own buffer, is one of a payload, of which
     * as many bytes are certain to come.
     */
    private static final int CERTAIN = 32 << 10;

    private static final int BELLS = 64;
    private static final int MOST_READS = 16;

    private final SecuredChannel line;
    private final Ring.Reader in;
    private final Ring.Writer out;
    private final ByteBuffer bell = ByteBuffer.allocateDirect(1);
    private final ByteBuffer bells = ByteBuffer.allocateDirect(BELLS);
    private final AtomicReference<@Nullable Runnable> whenClosed;
    private final long pauseNanos;
    private boolean ended;

    /**
     * @param pauseNanos for how long it waits without being woken, before it asks to be
     * @param whenClosed is done once, in any thread
     */
    WindowChannel(SecuredChannel line, Ring.Reader in, Ring.Writer out, long pauseNanos, Runnable whenClosed) {
        this.pauseNanos = pauseNanos;
        this.whenClosed = new AtomicReference<>(whenClosed);
        this.line = line;
        this.in = in;
        this.out = out;
    }

    @Override
    public SocketChannel socket() {
        return line.socket();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int got = in.read(target);
        int room = target.remaining();
        if (got == 0 && room > 0) {
            LockSupport.parkNanos(pauseNanos);
            got = in.read(target);
        }
        if (got == 0 && room > 0) {
            hear();
            in.await(room > CERTAIN ? Math.min(room, in.capacity() / 2) : 1);
            got = in.read(target);
            if (got == 0 && ended) {
                return -1;
            }
        }
        if (got > 0) {
            wake(in);
        }
        return got;
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            int got = read(targets[i]);
            if (got < 0) {
                return total > 0 ? total : -1;
            }
            total += got;
            if (targets[i].hasRemaining()) {
                break;
            }
        }
        return total;
    }

    @Override
    public long write(ByteBuffer... sources) throws IOException {
        long taken = taken(sources);
        if (taken == 0) {
            long left = 0;
            for (ByteBuffer source : sources) {
                left += source.remaining();
            }
            if (left > 0) {
                LockSupport.parkNanos(pauseNanos);
                taken = taken(sources);
            }
            if (taken == 0 && left > 0) {
                hear();
                if (ended) {
                    throw new IOException("the other end has closed the connection");
                }
                out.await((int) Math.min(left, out.capacity() / 2));
                taken = taken(sources);
            }
        }
        if (line.unsent()) {
            line.write();
        }
        return taken;
    }

    private long taken(ByteBuffer... sources) throws IOException {
        long taken = 0;
        for (ByteBuffer source : sources) {
            taken += out.write(source);
        }
        if (taken > 0) {
            wake(out);
        }
        return taken;
    }

    /** Takes what has come over the line: it has woken this end, if it was to. */
    private void hear() throws IOException {
        int got = BELLS;
        for (int i = 0; i < MOST_READS && got == BELLS; i++) {
            got = line.read(bells.clear());
        }
        ended |= got < 0;
    }

    /** Where the line takes no more, so much has been sent that the other end does not sleep. */
    private void wake(Ring ring) throws IOException {
        if (ring.wakes()) {
            line.write(bell.clear());
        }
    }

    @Override
    public boolean unsent() {
        return line.unsent();
    }

    @Override
    public int awaited(int operation) {
        int heard = line.awaited(SelectionKey.OP_READ);
        return line.unsent() ? heard | line.awaited(SelectionKey.OP_WRITE) : heard;
    }

    @Override
    public boolean isOpen() {
        return line.isOpen();
    }

    @Override
    public void close() throws IOException {
        try (line) {
            Runnable action = whenClosed.getAndSet(null);
            if (action != null) {
                action.run();
            }
        }
    }
}
