package org.distbelief.container.report;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import org.distbelief.container.master.Progress;

/** Counts what a replica does. For any number of threads. */
public final class ProgressMeter {
    private long steps;
    private long examples;
    private double lossSum;
    private long fetches;
    private long pushes;
    private long pushesAcknowledged;
    private double stalenessSum;
    private long computeNanos;
    private long fetchNanos;
    private long pushNanos;
    private long waitNanos;
    private long completedExamples;

    /** A step was made. */
    public synchronized void step(int stepExamples, double stepLossSum, long nanos) {
        steps++;
        examples += stepExamples;
        lossSum += stepLossSum;
        computeNanos += nanos;
    }

    /** A fetch has come to its end. */
    public synchronized void fetched(long nanos) {
        fetches++;
        fetchNanos += nanos;
    }

    /** A push was begun. */
    public synchronized void pushBegun() {
        pushes++;
    }

    /** A push was acknowledged by all shards. */
    public synchronized void pushAcknowledged(long staleness, long nanos) {
        pushesAcknowledged++;
        stalenessSum += staleness;
        pushNanos += nanos;
    }

    /** The computation waited. */
    public synchronized void waited(long nanos) {
        waitNanos += nanos;
    }

    /** A portion is complete. */
    public synchronized void completed(long portionExamples) {
        completedExamples += portionExamples;
    }

    /** All counts, and the memory in use now. */
    public synchronized Progress progress() {
        return new Progress(
                steps,
                examples,
                lossSum,
                fetches,
                pushes,
                pushesAcknowledged,
                stalenessSum,
                computeNanos,
                fetchNanos,
                pushNanos,
                waitNanos,
                Math.max(0, examples - completedExamples),
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                directMemory());
    }

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
