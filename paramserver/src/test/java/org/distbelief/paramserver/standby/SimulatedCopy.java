package org.distbelief.paramserver.standby;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.StandbyShard;

/** A process of the shard: the real shard, standby and rules, on simulated threads, lines and ZooKeeper. */
final class SimulatedCopy implements SimulatedLine.End {
    private static final long TICK = 25;

    /** Messages on the way at once: with fewer, nothing waits to be sent. */
    private static final int WINDOW = 8;

    final long start;
    final ParameterShard shard;
    private final StandbySimulation world;
    private final VirtualTime time;
    private final Leading leading;
    private final StandbyShard standby;
    private final SimulatedSession session;
    private final Deque<Owed> owed = new ArrayDeque<>();
    private final Deque<Runnable> deferred = new ArrayDeque<>();
    private final List<SimulatedLine> lines = new ArrayList<>();

    /** Fingerprints of the state after each message, by link. */
    private final Map<StandbyShard.Link, Map<Long, Integer>> fingerprints = new HashMap<>();

    private boolean alive = true;
    private boolean paused;
    boolean serving;

    /** Whether it may have taken over without having heard so. */
    private boolean unsure;

    private final long begun;
    private boolean cleared;
    private SimulatedLine link;
    private StandbyShard.Link linkName;
    private SimulatedCopy follower;
    private StandbyShard.Link followed = StandbyShard.Link.NONE;

    /** What a client waits for. */
    private record Owed(long number, SimulatedLine line, Runnable reply, ByteBuffer gradient) {}

    SimulatedCopy(StandbySimulation world, VirtualTime time, long start, ParameterShard shard, boolean follows) {
        this.world = world;
        this.time = time;
        this.start = start;
        this.shard = shard;
        this.leading = new Leading(0, start, shard.source());
        this.standby = follows ? shard.follow() : null;
        this.begun = time.now();
        this.session = new SimulatedSession(world.zookeeper, time, this);
        if (standby == null) {
            shard.tell(leading);
        }
        time.after(TICK, this::tick);
    }

    @Override
    public boolean alive() {
        return alive;
    }

    boolean follows() {
        return standby != null && !serving;
    }

    boolean reachesZooKeeper() {
        return alive && !paused && !session.isCutOff();
    }

    void die() {
        if (alive) {
            world.note(start + " ends");
        }
        alive = false;
        lines.forEach(SimulatedLine::cut);
    }

    /** Stands still for a while, as in a long garbage collection, and does not know it. */
    void pause(long millis) {
        paused = true;
        time.after(millis, () -> {
            paused = false;
            if (alive && leading.status().other() == 0) {
                // Whoever is alone relies on its clock: it finds out that it is late before it answers anybody.
                look();
            }
            while (alive && !paused && !deferred.isEmpty()) {
                deferred.remove().run();
            }
        });
    }

    void cutOff(long millis) {
        session.cutOff(millis);
    }

    @Override
    public void handle(Runnable action) {
        if (paused) {
            deferred.add(action);
        } else if (alive) {
            action.run();
            settle();
        }
    }

    private void tick() {
        if (!alive) {
            return;
        }
        time.after(TICK, this::tick);
        session.heartbeat();
        handle(this::look);
    }

    private void look() {
        if (session.isLost()) {
            fence();
            return;
        }
        if (world.seen().serving() > start || world.seen().voided().contains(start)) {
            // Its registration is void, or it can't follow whoever was started later. Its session ends with it.
            time.after(time.delay(), () -> world.zookeeper.forget(start));
            fence();
        } else if (!serving && standby == null) {
            serve();
        } else if (serving) {
            lead();
        } else {
            follow();
        }
    }

    /** Waits until whoever was registered has noticed that it must end, or ZooKeeper has forgotten it. */
    private void serve() {
        if (!cleared && time.now() - begun < 2 * SimulatedZooKeeper.SESSION) {
            session.ask(() -> world.zookeeper.clear(start), served -> cleared = !served);
        } else {
            session.ask(
                    () -> {
                        boolean registered = world.zookeeper.serve(start);
                        if (registered) {
                            world.begun(this);
                        }
                        return registered;
                    },
                    registered -> serving = registered);
        }
    }

    private void lead() {
        switch (leading.task()) {
            case MARK -> {
                long marked = leading.standby();
                session.ask(() -> world.zookeeper.write(start, marked, start), outcome -> {
                    world.note(marked + " is marked: " + outcome);
                    leading.marked(outcome);
                });
            }
            case UNMARK -> {
                long marked = leading.standby();
                session.ask(() -> world.zookeeper.unmark(start, marked), off -> {
                    world.note(marked + " is unmarked: " + off);
                    leading.unmarked(off);
                });
            }
            case STOP -> fence();
            case NONE -> {
                SimulatedCopy found = world.copy(world.seen().standby());
                if (leading.mayLink() && found != null && found.start > start && found.alive) {
                    connect(found);
                }
            }
        }
    }

    private void connect(SimulatedCopy found) {
        SimulatedLine line = new SimulatedLine(time, this, found);
        lines.add(line);
        found.lines.add(line);
        link = line;
        follower = found;
        Leading.Beginning beginning = leading.begin(found.start);
        linkName = beginning.link();
        fingerprints.put(beginning.link(), new HashMap<>());
        world.lines.add(line);
        line.call(() -> found.reply(
                line,
                () -> {
                    found.following().begin(beginning.link(), beginning.standing());
                    found.followed = beginning.link();
                },
                false));
    }

    /** The real one; for a process that {@link #follows}. */
    StandbyShard standby() {
        return Objects.requireNonNull(standby);
    }

    /** The link that it has followed last. */
    StandbyShard.Link followed() {
        return followed;
    }

    private StandbyShard following() throws ShardException {
        if (standby == null) {
            throw new ShardException(ShardException.Kind.STALE_GENERATION, "not a standby");
        }
        return standby;
    }

    /** What a standby does for the process that it follows. */
    @FunctionalInterface
    interface Work {
        void run() throws ShardException;
    }

    private void reply(SimulatedLine line, Work work, boolean counts) {
        try {
            work.run();
            SimulatedCopy primary = (SimulatedCopy) line.caller();
            line.reply(() -> primary.acknowledged(line, counts));
        } catch (ShardException e) {
            line.cut();
        }
    }

    private void acknowledged(SimulatedLine line, boolean counts) {
        if (line == link && counts) {
            leading.acknowledged();
        }
    }

    /** Sends what is to be sent, and answers whom it may. */
    private void settle() {
        SimulatedLine line = link;
        SimulatedCopy to = follower;
        if (line != null && to != null) {
            long last = 0;
            for (Message message = leading.next(); message != null; message = leading.next()) {
                send(line, to, message);
                last = message.number();
            }
            if (last > 0 && leading.onTheWay() < WINDOW) {
                fingerprints.get(linkName).put(last, world.fingerprint(shard));
            }
        }
        try {
            while (!owed.isEmpty() && leading.acknowledgeable(owed.peek().number())) {
                Owed first = owed.remove();
                first.line().reply(first.reply());
                // The memory is used again as soon as the push is acknowledged.
                while (first.gradient().hasRemaining()) {
                    first.gradient().putFloat(Float.NaN);
                }
            }
        } catch (ShardException e) {
            fence();
        }
    }

    /** Ends as one that has been replaced: whoever waits is refused, and the memory of pushes is used again. */
    private void fence() {
        leading.stop();
        for (Owed push : owed) {
            for (int i = 0; i < push.gradient().limit(); i += Float.BYTES) {
                push.gradient().putFloat(i, Float.NaN);
            }
        }
        owed.clear();
        SimulatedLine line = link;
        for (Message message = leading.next(); line != null && message != null; message = leading.next()) {
            send(line, follower, message);
        }
        die();
    }

    private void send(SimulatedLine line, SimulatedCopy to, Message message) {
        StandbyShard.Link name = linkName;
        if (message instanceof Message.Changed changed) {
            ByteBuffer gradient = copy(changed.gradient());
            ByteBuffer fetched = copy(changed.fetched());
            line.call(() -> to.reply(
                    line,
                    () -> {
                        to.following().apply(name, changed.number(), changed.change(), gradient, fetched);
                        compare(to, name, changed.number());
                    },
                    true));
        } else if (message instanceof Message.Filled filled) {
            ByteBuffer values = copy(filled.values());
            line.call(() -> to.reply(
                    line,
                    () -> {
                        to.following().fill(name, filled.number(), filled.chunk(), values);
                        compare(to, name, filled.number());
                    },
                    true));
        }
        if (world.random.nextInt(200) == 0) {
            world.stray(to);
        }
    }

    private void compare(SimulatedCopy to, StandbyShard.Link name, long number) throws ShardException {
        Integer mine = fingerprints.get(name).get(number);
        if (to.shard.status().copy().inSync() && mine != null) {
            assertThat(world.fingerprint(to.shard))
                    .as("state after message " + number)
                    .isEqualTo(mine);
            world.compared++;
        }
    }

    static ByteBuffer copy(ByteBuffer floats) {
        return floats == null
                ? null
                : ByteBuffer.allocateDirect(floats.remaining())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(floats.duplicate())
                        .flip();
    }

    private void follow() {
        StandbyShard follower = standby;
        if (follower == null) {
            return;
        }
        if (follower.follows() == 0) {
            session.ask(() -> world.zookeeper.follow(start), ok -> {});
        } else if (unsure || world.seen().serving() == 0) {
            unsure = true;
            session.ask(() -> world.zookeeper.promote(start), outcome -> {
                unsure = false;
                switch (outcome) {
                    case PROMOTED -> {
                        follower.promote(leading);
                        serving = true;
                        world.promoted(this);
                    }
                    case UNMARKED, GONE -> die();
                    case SERVED -> {}
                }
            });
        }
    }

    @Override
    public void cut(SimulatedLine line) {
        lines.remove(line);
        owed.removeIf(o -> o.line() == line);
        shard.closed(line);
        if (line == link) {
            link = null;
            follower = null;
            leading.lost();
        }
    }

    /** A client has connected. */
    void accept(SimulatedLine line) {
        lines.add(line);
    }

    void push(SimulatedLine line, PushHeader header, ByteBuffer gradient, Consumer<PushReceipt> receipt) {
        ByteBuffer floats = copy(gradient);
        try {
            PushReceipt got = shard.take(header, floats);
            owed.add(new Owed(leading.told(), line, () -> receipt.accept(got), floats));
        } catch (ShardException e) {
            world.refused(e);
            line.cut();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void turn(SimulatedLine line, Turn turn, Consumer<Turn.Answer> answer) {
        try {
            Turn.Answer got = shard.takeTurn(start, turn, line);
            owed.add(new Owed(leading.told(), line, () -> answer.accept(got), ByteBuffer.allocate(0)));
        } catch (ShardException e) {
            world.refused(e);
            line.cut();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        return start + (serving ? " serving" : "") + (paused ? " paused" : "") + " owes " + owed + ", "
                + shard.status().copy() + ", " + leading.task();
    }
}
