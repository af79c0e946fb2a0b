package org.distbelief.paramserver.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Direct buffers for payloads, as many as there are requests at the same time. Kept for good: direct memory that is let
 * go comes back only with a garbage collection, of which a shard has few.
 */
final class BufferPool {
    private final Queue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    private final int bytes;

    BufferPool(int bytes) {
        this.bytes = bytes;
    }

    /** A little-endian buffer for the caller alone, until it is closed. */
    Lease take() {
        ByteBuffer buffer = free.poll();
        return new Lease(
                buffer != null ? buffer : ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN));
    }

    final class Lease implements AutoCloseable {
        private final ByteBuffer buffer;

        private Lease(ByteBuffer buffer) {
            this.buffer = buffer;
        }

        ByteBuffer buffer() {
            return buffer;
        }

        @Override
        public void close() {
            free.add(buffer);
        }
    }
}
