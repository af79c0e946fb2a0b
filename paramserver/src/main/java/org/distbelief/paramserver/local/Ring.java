package org.distbelief.paramserver.local;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.distbelief.paramserver.kernel.FarCopy;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that go from one process to another, in order, through shared memory. Four numbers of 8 bytes, each on a cache
 * line of its own, say how many bytes were written and read so far, and at which of these numbers the other end wants
 * to be woken, 0 where it does not wait. An end believes the other one's numbers only where they are possible: whatever
 * another process does to the memory, at worst the bytes are wrong.
 */
abstract class Ring {
    /** Bytes of the four numbers. */
    static final int CONTROL = 512;

    private static final int WRITTEN = 0;
    private static final int READ = 128;
    private static final int WRITER_WAITS = 256;
    private static final int READER_WAITS = 384;

    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer control;
    private final ByteBuffer bytes;
    private final int mine;
    private final int other;
    private final int iWait;
    private final int otherWaits;
    private long position;
    private boolean waiting;

    /**
     * @param control {@link #CONTROL} bytes, all 0 at first
     * @param bytes what is in the ring
     */
    private Ring(ByteBuffer control, ByteBuffer bytes, boolean writer) {
        this.control = control;
        this.bytes = bytes;
        this.mine = writer ? WRITTEN : READ;
        this.other = writer ? READ : WRITTEN;
        this.iWait = writer ? WRITER_WAITS : READER_WAITS;
        this.otherWaits = writer ? READER_WAITS : WRITER_WAITS;
    }

    /** Bytes that fit in. */
    final int capacity() {
        return bytes.capacity();
    }

    /** Bytes that can be moved now. */
    abstract int available() throws IOException;

    /** The other end's number at which so many bytes can be moved. */
    abstract long goal(int count);

    final long position() {
        return position;
    }

    final long otherPosition() {
        return (long) LONGS.getVolatile(control, other);
    }

    final IOException impossible() {
        return new IOException("expected at most " + capacity() + " bytes in the shared memory, found " + position
                + " against " + otherPosition());
    }

    /** Bytes from the position on that lie in one stretch. */
    final int stretch() {
        return capacity() - offset();
    }

    /** Where the position lies in the ring. */
    final int offset() {
        return (int) (position % capacity());
    }

    final ByteBuffer bytes() {
        return bytes;
    }

    /** The other end can see now what was done up to here. */
    final void advance(int count) {
        position += count;
        LONGS.setVolatile(control, mine, position);
        if (waiting) {
            waiting = false;
            LONGS.setOpaque(control, iWait, 0L);
        }
    }

    /**
     * Asks to be woken when so many bytes can be moved. Some may have become so before the other end could hear of it.
     */
    final void await(int count) {
        waiting = true;
        LONGS.setVolatile(control, iWait, goal(count));
    }

    /** Whether the other end is to be woken now; true once each time that it waits. */
    final boolean wakes() {
        long goal = (long) LONGS.getVolatile(control, otherWaits);
        return goal > 0 && position >= goal && LONGS.compareAndSet(control, otherWaits, goal, 0L);
    }

    /** The end that writes. */
    static final class Writer extends Ring {
        Writer(ByteBuffer control, ByteBuffer bytes) {
            super(control, bytes, true);
        }

        @Override
        int available() throws IOException {
            long unread = position() - otherPosition();
            if (unread < 0 || unread > capacity()) {
                throw impossible();
            }
            return (int) (capacity() - unread);
        }

        @Override
        long goal(int count) {
            return position() + count - capacity();
        }

        /** Takes as many bytes as there is room for; how many. */
        int write(ByteBuffer source) throws IOException {
            int count = Math.min(source.remaining(), available());
            for (int left = count; left > 0; ) {
                int size = Math.min(left, stretch());
                bytes().put(offset(), source, source.position(), size);
                source.position(source.position() + size);
                left -= size;
                advance(size);
            }
            return count;
        }
    }

    /** The end that reads. */
    static final class Reader extends Ring {
        private final @Nullable FarCopy far;

        /** @param far copies what is read where it is to go past the caches; null where it is to be used at once */
        Reader(ByteBuffer control, ByteBuffer bytes, @Nullable FarCopy far) {
            super(control, bytes, false);
            this.far = far;
        }

        @Override
        int available() throws IOException {
            long unread = otherPosition() - position();
            if (unread < 0 || unread > capacity()) {
                throw impossible();
            }
            return (int) unread;
        }

        @Override
        long goal(int count) {
            return position() + count;
        }

        /** Gives as many bytes as there are and as there is room for; how many. */
        int read(ByteBuffer target) throws IOException {
            int count = Math.min(target.remaining(), available());
            for (int left = count; left > 0; ) {
                int size = Math.min(left, stretch());
                if (far == null) {
                    target.put(target.position(), bytes(), offset(), size);
                    target.position(target.position() + size);
                } else {
                    far.copy(bytes(), offset(), target, size);
                }
                left -= size;
                advance(size);
            }
            return count;
        }
    }
}
