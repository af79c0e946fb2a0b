package org.distbelief.paramserver.standby;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardDirectory;
import org.distbelief.paramserver.shard.ShardException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a standby for the process that serves a shard: finds one, fills it, tells it what changes, has it marked, and
 * begins anew with whoever comes when it is lost. Two threads: one for the messages, one for the marks.
 */
public final class StandbyKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StandbyKeeper.class);
    private static final Duration LOOKUP = Duration.ofSeconds(1);
    private static final long PING_MILLIS = 1000;
    private static final long PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 5000;
    private static final long STOP_MILLIS = 5000;

    private final int shard;
    private final long generation;
    private final Leading leading;
    private final ShardDirectory standbys;
    private final Function<ShardAddress, StandbyClient> connector;
    private final Registration registration;
    private final Runnable onReplaced;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread messages;
    private final Thread marks;

    /**
     * @param generation of this process; standbys are started later, with higher ones
     * @param leading what is to be told
     * @param standbys where standbys listen
     * @param connector makes clients of them
     * @param registration of this process
     * @param onReplaced called once, in a thread of this object, when another process serves the shard
     */
    public StandbyKeeper(
            int shard,
            long generation,
            Leading leading,
            ShardDirectory standbys,
            Function<ShardAddress, StandbyClient> connector,
            Registration registration,
            Runnable onReplaced) {
        this.shard = shard;
        this.generation = generation;
        this.leading = leading;
        this.standbys = standbys;
        this.connector = connector;
        this.registration = registration;
        this.onReplaced = onReplaced;
        this.messages = thread("standby-link", this::keepLinked);
        this.marks = thread("standby-marks", this::keepMarked);
    }

    private static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Begins; once. */
    public void start() {
        messages.start();
        marks.start();
    }

    private void keepLinked() {
        try {
            long pause = PAUSE_MILLIS;
            while (!closed.await(pause, TimeUnit.MILLISECONDS)) {
                boolean tried = leading.mayLink();
                boolean linked = tried && find();
                pause = linked || !tried ? PAUSE_MILLIS : Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.error("Shard {} cannot keep a standby any more", shard, e);
            leading.stop();
            throw e;
        }
    }

    /** Says whether a standby has followed. */
    private boolean find() throws InterruptedException {
        ShardAddress standby;
        try {
            standby = standbys.find(shard, LOOKUP);
        } catch (IOException e) {
            LOG.debug("No standby of shard {} yet", shard, e);
            return false;
        }
        return standby.generation() > generation && lead(standby);
    }

    private boolean lead(ShardAddress standby) throws InterruptedException {
        boolean begun = false;
        try (StandbyClient client = connector.apply(standby)) {
            client.ping();
            Leading.Beginning beginning = leading.begin(standby.generation());
            begun = true;
            client.begin(beginning);
            LOG.info("The standby, {}, follows over {}", standby, beginning.link());
            carry(client, standby);
        } catch (IOException | ShardException | OutOfMemoryError e) {
            LOG.warn("The standby, {}, is lost: {}", standby, e.toString());
        } finally {
            if (begun) {
                leading.lost();
            }
        }
        return begun;
    }

    private void carry(StandbyClient client, ShardAddress standby)
            throws IOException, ShardException, InterruptedException {
        long looked = System.nanoTime();
        while (closed.getCount() > 0 && !leading.stopped()) {
            if (System.nanoTime() - looked > LOOKUP.toNanos()) {
                requireRegistered(standby);
                looked = System.nanoTime();
            }
            Message message = leading.next();
            if (message != null) {
                client.send(message);
            } else if (leading.onTheWay() > 0) {
                client.received();
                leading.acknowledged();
            } else if (!leading.awaitMessage(PING_MILLIS)) {
                client.ping();
            }
        }
    }

    /** One that has been given up for another must not be kept. */
    private void requireRegistered(ShardAddress standby) throws IOException, InterruptedException {
        ShardAddress now = standbys.find(shard, Duration.ZERO);
        if (!now.equals(standby)) {
            throw new IOException("another standby is registered: " + now);
        }
    }

    private void keepMarked() {
        try {
            while (true) {
                Leading.Task task = leading.awaitTask();
                if (task == Leading.Task.STOP) {
                    onReplaced.run();
                    return;
                }
                if (!done(task) && closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.error("Shard {} cannot see to the marks of its standby any more", shard, e);
            leading.stop();
            onReplaced.run();
            throw e;
        }
    }

    private boolean done(Leading.Task task) {
        long standby = leading.standby();
        try {
            if (task == Leading.Task.MARK) {
                Leading.Marked outcome = registration.mark(standby);
                leading.marked(outcome);
                LOG.info("Shard {}: generation {} marked as in sync: {}", shard, standby, outcome);
                return outcome != Leading.Marked.STANDBY_GONE;
            }
            boolean off = registration.unmark(standby);
            leading.unmarked(off);
            LOG.info("Shard {}: the mark of generation {} is off: {}", shard, standby, off);
            return true;
        } catch (IOException e) {
            LOG.warn("Shard {}: {} of generation {} is still to be done", shard, task, standby, e);
            return false;
        }
    }

    /** Ends the threads; whoever waits for an acknowledgement is refused. */
    @Override
    public void close() {
        closed.countDown();
        leading.stop();
        for (Thread thread : new Thread[] {messages, marks}) {
            thread.interrupt();
            try {
                thread.join(STOP_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
