package org.distbelief.paramserver.standby;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import org.distbelief.paramserver.shard.Change;
import org.distbelief.paramserver.shard.ShardSource;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a link: what waits to be sent, and what was sent and has not been acknowledged. Not for use by
 * several threads at once.
 */
final class Outbox {
    /** Messages on the way at once. */
    private static final int WINDOW = 8;

    /** @param change number of the change; 0 for a chunk */
    private record Entry(Message message, long change) {}

    private final ShardSource source;
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private final Deque<Entry> sent = new ArrayDeque<>();

    /** Memory for chunks, and for what pushes are compared with, that is not in use. */
    private final Deque<ByteBuffer> spareChunks = new ArrayDeque<>();

    private final Deque<ByteBuffer> spareCopies = new ArrayDeque<>();

    private long messages;
    private int nextChunk;
    private int chunksOnTheWay;
    private int chunksThere;

    Outbox(ShardSource source) {
        this.source = source;
    }

    /** Begins a link: none of the chunks is there. */
    void begin() {
        messages = 0;
        nextChunk = 0;
        chunksThere = 0;
    }

    /**
     * A change.
     *
     * @param number of the change
     * @param gradient stays until the message has been acknowledged or is {@link #clear}ed
     * @param fetched is copied
     */
    void add(long number, Change change, @Nullable ByteBuffer gradient, @Nullable ByteBuffer fetched) {
        ByteBuffer copied = copy(fetched);
        waiting.add(new Entry(new Message.Changed(++messages, change, view(gradient), copied), number));
    }

    private static @Nullable ByteBuffer view(@Nullable ByteBuffer floats) {
        return floats == null ? null : floats.slice().order(floats.order());
    }

    private @Nullable ByteBuffer copy(@Nullable ByteBuffer floats) {
        if (floats == null) {
            return null;
        }
        ByteBuffer into = spareCopies.isEmpty() ? direct(floats.capacity()) : spareCopies.pop();
        return into.clear().put(floats.duplicate()).flip();
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Whether a further chunk may be on the way. */
    boolean wantsChunk() {
        return nextChunk < source.chunks() && chunksOnTheWay < ShardSource.CHUNKS_ON_THE_WAY;
    }

    /** Copies the next chunk; between two changes. */
    void addChunk() {
        ByteBuffer values = spareChunks.isEmpty() ? direct(source.longestChunk()) : spareChunks.pop();
        source.copyChunk(nextChunk, values.clear());
        waiting.add(new Entry(new Message.Filled(++messages, nextChunk, values.flip()), 0));
        nextChunk++;
        chunksOnTheWay++;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** The next message to send; null while there is none, or enough are on the way. */
    @Nullable
    Message next() {
        if (sent.size() >= WINDOW || waiting.isEmpty()) {
            return null;
        }
        Entry entry = waiting.remove();
        sent.add(entry);
        return entry.message();
    }

    int onTheWay() {
        return sent.size();
    }

    /** The oldest message that was sent has been acknowledged; returns the number of its change, 0 for a chunk. */
    long acknowledged() {
        Entry entry = sent.remove();
        release(entry);
        chunksThere += entry.change() == 0 ? 1 : 0;
        return entry.change();
    }

    private void release(Entry entry) {
        if (entry.message() instanceof Message.Filled filled) {
            spareChunks.push(filled.values());
            chunksOnTheWay--;
        } else if (entry.message() instanceof Message.Changed change && change.fetched() != null) {
            spareCopies.push(change.fetched());
        }
    }

    /** The link is lost: nothing of it is being sent any more. */
    void clear() {
        sent.forEach(this::release);
        waiting.forEach(this::release);
        sent.clear();
        waiting.clear();
    }

    /** Whether the standby has all chunks. */
    boolean whole() {
        return chunksThere == source.chunks();
    }

    /** Share of the chunks that the standby has. */
    double filledShare() {
        return (double) chunksThere / Math.max(1, source.chunks());
    }
}
