package org.distbelief.appmaster.local;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Waits for conditions, each with a bound. */
final class Waiting {
    /** Lets time pass. */
    @FunctionalInterface
    interface Pause {
        void pause(Duration time) throws InterruptedException;
    }

    /** Something that becomes true. */
    @FunctionalInterface
    interface Condition<E extends Exception> {
        boolean holds() throws E;
    }

    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final LongSupplier nanoTime;
    private final Pause pause;

    /**
     * @param nanoTime a clock that never goes back, in nanoseconds
     * @param pause how time passes between two looks
     */
    Waiting(LongSupplier nanoTime, Pause pause) {
        this.nanoTime = nanoTime;
        this.pause = pause;
    }

    /** Real time. */
    static Waiting onSystemClock() {
        return new Waiting(System::nanoTime, time -> Thread.sleep(time.toMillis()));
    }

    /** Looks at once and then ten times a second until the condition holds (true) or the bound has passed (false). */
    <E extends Exception> boolean until(Condition<E> condition, Duration bound) throws E, InterruptedException {
        long start = nanoTime.getAsLong();
        while (!condition.holds()) {
            if (nanoTime.getAsLong() - start >= bound.toNanos()) {
                return false;
            }
            pause.pause(INTERVAL);
        }
        return true;
    }

    /** Nanoseconds on the clock of this object. */
    long now() {
        return nanoTime.getAsLong();
    }
}
