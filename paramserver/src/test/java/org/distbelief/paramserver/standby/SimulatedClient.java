package org.distbelief.paramserver.standby;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;

/**
 * A replica that pushes, as {@code PushStream} does: in order, four on the way, and again what was not acknowledged.
 */
final class SimulatedClient implements SimulatedLine.End {
    private static final int WINDOW = 4;

    final int number;
    final Deque<Sent> unacknowledged = new ArrayDeque<>();
    private final StandbySimulation world;
    private final VirtualTime time;
    private final boolean inStep;
    private int left;
    private long sequence;
    private long clock;
    private boolean granted;
    private boolean asked;

    SimulatedLine line;

    private SimulatedCopy to;

    /** A push: which chunks it is for. */
    record Sent(long sequence, List<Integer> chunks, boolean last, long clock) {}

    SimulatedClient(StandbySimulation world, VirtualTime time, int number, int updates, boolean inStep) {
        this.world = world;
        this.time = time;
        this.number = number;
        this.left = updates;
        this.inStep = inStep;
        time.after(10, this::tick);
    }

    boolean done() {
        return left == 0 && unacknowledged.isEmpty();
    }

    @Override
    public boolean alive() {
        return true;
    }

    @Override
    public void handle(Runnable action) {
        action.run();
    }

    @Override
    public void cut(SimulatedLine gone) {
        if (gone == line) {
            line = null;
            to = null;
            asked = false;
        }
    }

    private void tick() {
        if (done()) {
            if (line != null) {
                line.cut();
            }
            return;
        }
        time.after(2 + world.random.nextInt(15), this::tick);
        if (line == null) {
            connect();
        } else if (inStep) {
            step();
        } else if (left > 0 && unacknowledged.size() < WINDOW) {
            push(world.someChunks(), true, Turn.UNKNOWN);
        }
    }

    private void connect() {
        SimulatedCopy found = world.copy(world.seen().serving());
        if (found == null || !found.alive()) {
            return;
        }
        SimulatedLine fresh = new SimulatedLine(time, this, found);
        line = fresh;
        to = found;
        world.lines.add(fresh);
        found.accept(fresh);
        unacknowledged.forEach(sent -> send(fresh, found, sent));
    }

    private void step() {
        if (!granted && !asked && unacknowledged.isEmpty()) {
            asked = true;
            SimulatedCopy target = to;
            SimulatedLine over = line;
            over.call(() -> target.turn(over, new Turn(number, 1, clock), answer -> {
                asked = false;
                granted = answer.granted();
                clock = granted ? answer.clock() : clock;
            }));
        } else if (granted) {
            granted = false;
            push(List.of(0, 1), false, clock);
            push(List.of(2, 3), true, clock);
            clock++;
        }
    }

    private void push(List<Integer> chunks, boolean last, long of) {
        Sent sent = new Sent(++sequence, chunks, last, of);
        left -= last ? 1 : 0;
        unacknowledged.add(sent);
        world.sent(this, sent);
        send(line, to, sent);
    }

    private void send(SimulatedLine over, SimulatedCopy target, Sent sent) {
        RangeSet ranges = StandbySimulation.ranges(sent.chunks());
        PushHeader header = new PushHeader(
                target.start,
                new PushId(number, 0, 1, sent.sequence()),
                ranges,
                -1,
                sent.last(),
                true,
                sent.clock(),
                Encoding.FLOAT32);
        ByteBuffer gradient =
                ByteBuffer.allocateDirect((int) ranges.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < ranges.size(); i++) {
            int place = i % StandbySimulation.CHUNK;
            gradient.putFloat(place == number || place == StandbySimulation.CHUNK - 1 ? 1 : 0);
        }
        gradient.flip();
        over.call(() -> target.push(over, header, gradient, receipt -> acknowledged(target, sent, receipt)));
    }

    private void acknowledged(SimulatedCopy by, Sent sent, PushReceipt receipt) {
        Sent first = unacknowledged.remove();
        if (!first.equals(sent)) {
            throw new AssertionError("expected the acknowledgement of " + first + ", found that of " + sent);
        }
        world.acknowledged(this, by, sent, receipt);
    }

    @Override
    public String toString() {
        return number + ": left " + left + ", unacknowledged " + unacknowledged
                + (to == null ? "" : ", connected to " + to.start);
    }
}
