package org.distbelief.appmaster.work;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.appmaster.status.SandblasterWork.IterationPoint;
import org.distbelief.container.master.Standing;

/** The iterations of a job, thinned out as they grow so that they stay few. Not safe for several threads. */
final class IterationCurve {
    private static final int MOST = 1_000;

    private final List<IterationPoint> points = new ArrayList<>();
    private long every = 1;
    private long last = -1;

    /** Notes what an iteration has come to; passed over where it was noted before. */
    void offer(Standing come, long nowMillis) {
        if (come.iteration() <= last) {
            return;
        }
        last = come.iteration();
        if (last % every != 0) {
            return;
        }
        points.add(
                new IterationPoint(last, nowMillis, come.loss(), come.gradientNorm(), come.step(), come.evaluations()));
        if (points.size() > MOST) {
            every *= 2;
            points.removeIf(point -> point.iteration() % every != 0);
        }
    }

    /** What came after an iteration is to be done again. */
    void backTo(long iteration) {
        points.removeIf(point -> point.iteration() > iteration);
        last = Math.min(last, iteration);
    }

    List<IterationPoint> points() {
        return List.copyOf(points);
    }
}
