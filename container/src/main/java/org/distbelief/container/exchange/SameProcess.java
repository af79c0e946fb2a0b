package org.distbelief.container.exchange;

import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.distbelief.conf.Sizes;
import org.distbelief.container.kernel.FloatMemory;
import org.jspecify.annotations.Nullable;

/**
 * Partitions of a replica that run in threads of one process. A message is one move of memory, made by the sender as
 * soon as the receiver has said where it goes.
 */
public final class SameProcess {
    private final int partitions;
    private final Duration bound;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Way, Box> boxes = new HashMap<>();
    private final Map<Way, Deque<byte[]>> words = new HashMap<>();
    private final boolean[] gone;

    private record Way(int from, int to, int tag) {}

    /** Where a message is to go, and whether it is there. */
    private static final class Box {
        private @Nullable List<FloatMemory> open;
        private boolean delivered;
    }

    @FunctionalInterface
    private interface Holding {
        boolean holds();
    }

    private SameProcess(int partitions, Duration bound) {
        this.partitions = partitions;
        this.bound = bound;
        this.gone = new boolean[partitions];
    }

    /**
     * Connects partitions.
     *
     * @param partitions how many
     * @param bound how long one waits for another
     * @return the neighbours as each partition sees them, in order
     */
    public static List<Neighbours> connect(int partitions, Duration bound) {
        SameProcess hub = new SameProcess(partitions, bound);
        List<Neighbours> members = new ArrayList<>();
        for (int p = 0; p < partitions; p++) {
            members.add(hub.new Member(p));
        }
        return members;
    }

    /** Call with the lock held. */
    private void await(int neighbour, String what, Holding condition) {
        long left = bound.toNanos();
        while (!condition.holds()) {
            if (gone[neighbour]) {
                throw new NeighbourException(neighbour, "ended while " + what);
            }
            if (left <= 0) {
                throw new NeighbourException(neighbour, "was silent for " + Sizes.text(bound) + " while " + what);
            }
            try {
                left = changed.awaitNanos(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new NeighbourException(neighbour, "was not waited for any longer: interrupted while " + what);
            }
        }
    }

    private Box box(Way way) {
        return boxes.computeIfAbsent(way, w -> new Box());
    }

    /** Copies floats between pieces of memory that together are of the same size. */
    private static void move(List<FloatMemory> from, List<FloatMemory> to) {
        int target = 0;
        FloatBuffer into = to.get(0).floats();
        for (FloatMemory piece : from) {
            FloatBuffer out = piece.floats();
            while (out.hasRemaining()) {
                while (!into.hasRemaining()) {
                    into = to.get(++target).floats();
                }
                int count = Math.min(out.remaining(), into.remaining());
                into.put(into.position(), out, out.position(), count);
                into.position(into.position() + count);
                out.position(out.position() + count);
            }
        }
    }

    private final class Member implements Neighbours {
        private final int self;

        Member(int self) {
            this.self = self;
        }

        @Override
        public int partition() {
            return self;
        }

        @Override
        public int partitions() {
            return partitions;
        }

        @Override
        public Outbox outbox(int to, int tag) {
            Way way = new Way(self, to, tag);
            return new Outbox() {
                @Override
                public void send(List<FloatMemory> pieces) {
                    lock.lock();
                    try {
                        Box box = box(way);
                        await(to, "message " + tag + " was to be sent", () -> box.open != null && !box.delivered);
                        move(pieces, box.open == null ? List.of() : box.open);
                        box.delivered = true;
                        changed.signalAll();
                    } finally {
                        lock.unlock();
                    }
                }

                @Override
                public void awaitSent() {
                    // A message has arrived when it was sent.
                }
            };
        }

        @Override
        public Inbox inbox(int from, int tag) {
            Way way = new Way(from, self, tag);
            return new Inbox() {
                @Override
                public void open(List<FloatMemory> pieces) {
                    lock.lock();
                    try {
                        box(way).open = List.copyOf(pieces);
                        changed.signalAll();
                    } finally {
                        lock.unlock();
                    }
                }

                @Override
                public void await() {
                    lock.lock();
                    try {
                        Box box = box(way);
                        SameProcess.this.await(from, "message " + tag + " was awaited", () -> box.delivered);
                        box.delivered = false;
                        box.open = null;
                    } finally {
                        lock.unlock();
                    }
                }
            };
        }

        @Override
        public void tell(int to, byte[] bytes) {
            lock.lock();
            try {
                if (gone[to]) {
                    throw new NeighbourException(to, "ended while it was to be told something");
                }
                words.computeIfAbsent(new Way(self, to, 0), w -> new ArrayDeque<>())
                        .add(bytes.clone());
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public byte[] hear(int from) {
            lock.lock();
            try {
                Deque<byte[]> heard = words.computeIfAbsent(new Way(from, self, 0), w -> new ArrayDeque<>());
                SameProcess.this.await(from, "its word was awaited", () -> !heard.isEmpty());
                return heard.remove();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                gone[self] = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
