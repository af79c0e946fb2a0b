package org.distbelief.paramserver.standby;

import java.util.PriorityQueue;
import java.util.Random;

/** Events in virtual time, in one thread, reproducible by their seed. */
final class VirtualTime {
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Random random;
    private long now;
    private long number;

    private record Event(long time, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(time, other.time);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    VirtualTime(Random random) {
        this.random = random;
    }

    /** Milliseconds. */
    long now() {
        return now;
    }

    void at(long time, Runnable action) {
        events.add(new Event(Math.max(now, time), number++, action));
    }

    void after(long millis, Runnable action) {
        at(now + millis, action);
    }

    /** How long a message takes: mostly little, now and then long. */
    long delay() {
        return random.nextInt(40) == 0 ? 20 + random.nextInt(300) : 1 + random.nextInt(4);
    }

    /** Handles the next event. */
    void step() {
        Event next = events.remove();
        now = next.time();
        next.action().run();
    }
}
