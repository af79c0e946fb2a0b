package org.distbelief.paramserver.load;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Collects times. Recording never waits, and takes some 50 ns. For any number of threads. */
public final class LatencyRecorder {
    private static final long MOST_MICROS = TimeUnit.HOURS.toMicros(1);
    private static final int DIGITS = 2;

    private final Recorder recorder = new Recorder(MOST_MICROS, DIGITS);
    private final Histogram all = new Histogram(MOST_MICROS, DIGITS);
    private Histogram interval = recorder.getIntervalHistogram();

    /** Adds a time; one above an hour counts as an hour, one below 0 as 0. */
    public void record(long nanos) {
        recorder.recordValue(Math.max(0, Math.min(MOST_MICROS, TimeUnit.NANOSECONDS.toMicros(nanos))));
    }

    /** Figures over all times so far. */
    public synchronized Latency get() {
        interval = recorder.getIntervalHistogram(interval);
        all.add(interval);
        if (all.getTotalCount() == 0) {
            return Latency.NONE;
        }
        return new Latency(
                all.getTotalCount(),
                Math.round(all.getMean()),
                all.getValueAtPercentile(50),
                all.getValueAtPercentile(90),
                all.getValueAtPercentile(99),
                all.getMaxValue());
    }
}
