package org.distbelief.appmaster.sandblaster;

import java.util.PriorityQueue;
import java.util.Random;

/** Virtual time in milliseconds, and messages that are late, lost or come twice. One thread. */
final class SimulatedNetwork {
    private record Event(long at, long order, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Random random;
    private final double trouble;
    private final long quietFrom;
    private long now;
    private long order;
    long handled;

    /**
     * @param trouble probability that something is wrong with a message; 0 for a network without delay, too
     * @param quietFrom when trouble ends
     */
    SimulatedNetwork(Random random, double trouble, long quietFrom) {
        this.random = random;
        this.trouble = trouble;
        this.quietFrom = quietFrom;
    }

    long now() {
        return now;
    }

    boolean quiet() {
        return now >= quietFrom;
    }

    void after(long millis, Runnable what) {
        events.add(new Event(now + millis, order++, what));
    }

    /** Delivers a message: mostly once and soon. */
    void send(Runnable message) {
        if (trouble == 0) {
            after(1, message);
            return;
        }
        if (!quiet() && random.nextDouble() < trouble) {
            switch (random.nextInt(3)) {
                case 0 -> {
                    return;
                }
                case 1 -> after(random.nextInt(4000), message);
                default -> after(random.nextInt(300), message);
            }
        }
        after(1 + random.nextInt(20), message);
    }

    /** @return whether there was something left to happen */
    boolean step() {
        Event next = events.poll();
        if (next == null) {
            return false;
        }
        now = next.at();
        handled++;
        next.what().run();
        return true;
    }
}
