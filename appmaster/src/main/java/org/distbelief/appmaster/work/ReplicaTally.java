package org.distbelief.appmaster.work;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.distbelief.container.master.Progress;
import org.jspecify.annotations.Nullable;

/** Adds up what the incarnations of one model replica have reported. Not safe for several threads. */
final class ReplicaTally {
    /** Rates are taken over this span. */
    private static final long WINDOW_MILLIS = 5_000;

    private record Sample(long millis, long examples, double lossSum, long computing, long waiting) {}

    private final Deque<Sample> samples = new ArrayDeque<>();
    private final String host;
    private final long incarnation;
    private final Totals before;
    private @Nullable Progress latest;

    /**
     * Sums over incarnations.
     *
     * @param steps mini-batches
     * @param examples examples drawn
     * @param lossSum their losses
     * @param pushes pushes acknowledged by all shards
     */
    record Totals(long steps, long examples, double lossSum, long pushes) {
        static final Totals NONE = new Totals(0, 0, 0, 0);

        Totals plus(@Nullable Progress p) {
            return p == null
                    ? this
                    : new Totals(
                            steps + p.steps(),
                            examples + p.examples(),
                            lossSum + p.lossSum(),
                            pushes + p.pushesAcknowledged());
        }
    }

    ReplicaTally(String host, long incarnation, Totals before) {
        this.host = host;
        this.incarnation = incarnation;
        this.before = before;
    }

    String host() {
        return host;
    }

    long incarnation() {
        return incarnation;
    }

    void report(Progress progress, long now) {
        latest = progress;
        samples.addLast(new Sample(
                now, progress.examples(), progress.lossSum(), progress.computeNanos(), progress.waitNanos()));
        Iterator<Sample> old = samples.iterator();
        while (old.hasNext() && old.next().millis() < now - WINDOW_MILLIS && samples.size() > 2) {
            old.remove();
        }
    }

    Totals totals() {
        return before.plus(latest);
    }

    /** Examples drawn from portions that are not complete yet. */
    long drawnInOpenLeases() {
        return latest == null ? 0 : latest.drawn();
    }

    double examplesPerSecond() {
        Sample first = samples.peekFirst();
        Sample last = samples.peekLast();
        if (first == null || last == null || last.millis() == first.millis()) {
            return 0;
        }
        return (last.examples() - first.examples()) * 1000.0 / (last.millis() - first.millis());
    }

    @Nullable
    Double loss() {
        Sample first = samples.peekFirst();
        Sample last = samples.peekLast();
        if (first == null || last == null || last.examples() == first.examples()) {
            return null;
        }
        return (last.lossSum() - first.lossSum()) / (last.examples() - first.examples());
    }

    double computeShare() {
        return share(true);
    }

    double waitShare() {
        return share(false);
    }

    private double share(boolean compute) {
        Sample first = samples.peekFirst();
        Sample last = samples.peekLast();
        if (first == null || last == null || last.millis() == first.millis()) {
            return 0;
        }
        double nanos = compute ? last.computing() - first.computing() : last.waiting() - first.waiting();
        return Math.max(0, Math.min(1, nanos / 1e6 / (last.millis() - first.millis())));
    }
}
