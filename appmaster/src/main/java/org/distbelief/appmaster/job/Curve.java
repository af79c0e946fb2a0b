package org.distbelief.appmaster.job;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.appmaster.status.JobSnapshot.Point;

/** Loss and rate against time, thinned out as it grows so that it stays small however long a job runs. */
final class Curve {
    private static final int MOST = 1_000;

    private final List<Point> points = new ArrayList<>();
    private double interval = 1;
    private double lastSeconds;
    private long lastExamples;
    private double lastLossSum;

    /**
     * Offers the state at a moment; kept if the last point is long enough ago.
     *
     * @param seconds since the job started
     * @param examples examples trained on, growing
     * @param lossSum their losses
     */
    void offer(double seconds, long examples, double lossSum) {
        if (seconds - lastSeconds < interval || examples <= lastExamples) {
            return;
        }
        double loss = (lossSum - lastLossSum) / (examples - lastExamples);
        double rate = lastExamples == 0 ? 0 : (examples - lastExamples) / (seconds - lastSeconds);
        points.add(new Point(seconds, examples, loss, rate));
        lastSeconds = seconds;
        lastExamples = examples;
        lastLossSum = lossSum;
        if (points.size() >= MOST) {
            thin();
        }
    }

    List<Point> points() {
        return List.copyOf(points);
    }

    /** Joins neighbours two by two. */
    private void thin() {
        List<Point> joined = new ArrayList<>();
        long before = 0;
        for (int i = 0; i + 1 < points.size(); i += 2) {
            Point a = points.get(i);
            Point b = points.get(i + 1);
            double first = a.examples() - before;
            double second = b.examples() - a.examples();
            double loss = (a.loss() * first + b.loss() * second) / (first + second);
            joined.add(new Point(b.seconds(), b.examples(), loss, (a.examplesPerSecond() + b.examplesPerSecond()) / 2));
            before = b.examples();
        }
        points.clear();
        points.addAll(joined);
        interval *= 2;
    }
}
