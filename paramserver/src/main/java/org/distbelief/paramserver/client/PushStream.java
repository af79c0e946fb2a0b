package org.distbelief.paramserver.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.ShardException;
import org.jspecify.annotations.Nullable;

/**
 * The pushes of one partition of a replica to one shard: in order, several on the way at once, each applied exactly
 * once. A thread sends them. What a lost connection leaves open is sent again with the same numbers, to wherever the
 * shard is then. A failure that retrying does not mend within the bound, or can't mend, ends the stream for good.
 */
final class PushStream implements AutoCloseable {
    /** Pushes on the way at once: enough to keep the shard busy while the reply to one travels. */
    private static final int WINDOW = 4;

    private static final long STOP_MILLIS = 5000;

    private final int shard;
    private final PushSource source;
    private final ShardDirectory directory;
    private final ShardConnector connector;
    private final Duration bound;
    private final @Nullable PushEncoder encoder;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Part> waiting = new ArrayDeque<>();
    private long sequence;
    private long progress;
    private boolean closed;
    private @Nullable Exception failure;

    /** Sent, not acknowledged; touched by the thread only. */
    private final Deque<Part> sent = new ArrayDeque<>();

    /** Memory for encoded gradients that none is in now; touched by the thread only. */
    private final Deque<ByteBuffer> spare = new ArrayDeque<>();

    private @Nullable ShardClient client;
    private long generation;
    private String where;

    /** One push. */
    private static final class Part {
        final long sequence;
        final RangeSet ranges;
        final ParameterBuffer gradient;
        final PushTerms terms;
        final Update update;

        /** Kept until the push is acknowledged, so that what is sent again is the same. */
        @Nullable
        ByteBuffer encoded;

        Part(long sequence, RangeSet ranges, ParameterBuffer gradient, PushTerms terms, Update update) {
            this.sequence = sequence;
            this.ranges = ranges;
            this.gradient = gradient;
            this.terms = terms;
            this.update = update;
        }
    }

    /**
     * Starts the thread.
     *
     * @param bound how long to retry without any push being acknowledged
     * @param encoder encodes the gradients; null where they travel as they are
     */
    PushStream(
            int shard,
            PushSource source,
            ShardDirectory directory,
            ShardConnector connector,
            Duration bound,
            @Nullable PushEncoder encoder) {
        this.encoder = encoder;
        this.shard = shard;
        this.source = source;
        this.directory = directory;
        this.connector = connector;
        this.bound = bound;
        this.where = "shard " + shard;
        this.thread = new Thread(this::run, "push-" + shard);
        thread.setDaemon(true);
        thread.start();
    }

    /** Appends a push; returns at once. It is told to the update when it has ended. */
    void add(RangeSet ranges, ParameterBuffer gradient, PushTerms terms, Update update) {
        Exception ended;
        lock.lock();
        try {
            ended = closed ? new IOException("the pushes to " + where + " were closed") : failure;
            if (ended == null) {
                if (waiting.isEmpty()) {
                    progress = System.nanoTime();
                }
                waiting.add(new Part(++sequence, ranges, gradient, terms, update));
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (ended != null) {
            update.failed(ended);
        }
    }

    private void run() {
        Retry retry = new Retry();
        try {
            while (true) {
                Part next = next();
                try {
                    if (next != null) {
                        send(next);
                    } else {
                        acknowledged(connected().finish());
                        retry = new Retry();
                    }
                } catch (ShardException e) {
                    lost();
                    if (!e.kind().retryable()) {
                        end(e);
                        return;
                    }
                    pause(retry, e);
                } catch (IOException e) {
                    lost();
                    pause(retry, e);
                }
            }
        } catch (InterruptedException | ShardUnavailableException | RuntimeException e) {
            end(e);
        } catch (Error e) {
            // Such as no memory for an encoded gradient: whoever waits for an update must hear of it.
            end(new IOException("the pushes to " + where + " have failed: " + e, e));
            throw e;
        } finally {
            disconnect();
        }
    }

    /** What is to be sent now; null where a reply is to be awaited instead. Waits while there is nothing to do. */
    private @Nullable Part next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (sent.isEmpty() && waiting.isEmpty()) {
                changed.await();
            }
            return sent.size() < WINDOW ? waiting.poll() : null;
        } finally {
            lock.unlock();
        }
    }

    private void send(Part part) throws IOException, InterruptedException {
        sent.add(part);
        ShardClient open = connected();
        PushId id = new PushId(source.replica(), source.partition(), source.incarnation(), part.sequence);
        Encoding encoding = encoder == null ? Encoding.FLOAT32 : encoder.encoding();
        PushHeader header = part.terms.header(generation, id, part.ranges, encoding);
        if (encoder == null) {
            open.begin(header, part.gradient);
            return;
        }
        ByteBuffer encoded = part.encoded;
        if (encoded == null) {
            encoded = spare.isEmpty() ? encoder.newBuffer() : spare.pop();
            encoder.encode(part.ranges, part.gradient, encoded);
            part.encoded = encoded;
        }
        open.begin(header, encoded);
    }

    private ShardClient connected() throws IOException, InterruptedException {
        ShardClient open = client;
        if (open == null) {
            ShardAddress address = directory.find(shard, left());
            where = address.toString();
            generation = address.generation();
            open = connector.connect(address);
            adopt(open);
        }
        return open;
    }

    private void adopt(ShardClient fresh) throws InterruptedException {
        lock.lock();
        try {
            client = fresh;
            if (closed) {
                throw new InterruptedException("closed while connecting to " + where);
            }
        } finally {
            lock.unlock();
        }
    }

    private void acknowledged(PushReceipt receipt) {
        Part part = sent.remove();
        if (part.encoded != null) {
            spare.push(part.encoded);
            part.encoded = null;
        }
        lock.lock();
        try {
            progress = System.nanoTime();
        } finally {
            lock.unlock();
        }
        part.update.acknowledged(shard, part.ranges, receipt);
    }

    /** Everything that was sent and not acknowledged has to be sent again. */
    private void lost() {
        disconnect();
        lock.lock();
        try {
            for (Iterator<Part> newest = sent.descendingIterator(); newest.hasNext(); ) {
                waiting.addFirst(newest.next());
            }
            sent.clear();
        } finally {
            lock.unlock();
        }
    }

    private void disconnect() {
        lock.lock();
        try {
            if (client != null) {
                client.close();
                client = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private Duration left() {
        lock.lock();
        try {
            return Duration.ofNanos(Math.max(0, progress + bound.toNanos() - System.nanoTime()));
        } finally {
            lock.unlock();
        }
    }

    private void pause(Retry retry, Exception cause) throws InterruptedException, ShardUnavailableException {
        long millis = retry.nextMillis(left(), where, bound, cause);
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lockInterruptibly();
        try {
            while (nanos > 0 && !closed) {
                nanos = changed.awaitNanos(nanos);
            }
            if (closed) {
                throw new InterruptedException("closed while speaking to " + where);
            }
        } finally {
            lock.unlock();
        }
    }

    private void end(Exception reason) {
        lost();
        Deque<Part> left;
        lock.lock();
        try {
            failure = reason;
            left = new ArrayDeque<>(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        left.forEach(part -> part.update.failed(reason));
    }

    /** Ends the stream; pushes that are not acknowledged fail. Afterwards no gradient is read any more. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            if (client != null) {
                client.close();
            }
        } finally {
            lock.unlock();
        }
        thread.interrupt();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
