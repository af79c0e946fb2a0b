package org.distbelief.appmaster.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.distbelief.appmaster.status.SandblasterWork.IterationPoint;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SandblasterWorkTest {
    @Test
    void theTimeLeftFollowsFromTheLastTenIterations() {
        // 20 iterations of a minute, then 10 of two seconds.
        List<IterationPoint> points = LongStream.rangeClosed(0, 30)
                .mapToObj(i -> point(i, i <= 20 ? i * 60_000 : 1_200_000 + (i - 20) * 2_000, 1))
                .toList();

        assertThat(work(30, null, points).secondsLeft()).hasValue(140);
    }

    @Test
    void whereTheCurveIsThinnedOutThePaceIsStillThatOfAnIteration() {
        List<IterationPoint> points = List.of(point(0, 0, 0), point(40, 40_000, 1), point(80, 80_000, 1));

        assertThat(work(82, null, points).secondsLeft()).hasValue(18);
    }

    @Test
    void noTimeLeftIsToldBeforeAnIterationIsDoneAndAfterTheEnd() {
        assertThat(work(0, null, List.of()).secondsLeft()).isEmpty();
        assertThat(work(0, null, List.of(point(0, 5, 0))).secondsLeft()).isEmpty();
        assertThat(work(1, "done", List.of(point(0, 5, 0), point(1, 9, 1))).secondsLeft())
                .isEmpty();
    }

    @Test
    void theStartIsNoIteration() {
        assertThat(work(0, null, List.of(point(0, 5, 1))).evaluationsEach()).isEmpty();
        assertThat(work(2, null, List.of(point(0, 5, 1), point(1, 9, 2), point(2, 12, 5)))
                        .evaluationsEach())
                .hasValue(3.5);
    }

    private static IterationPoint point(long iteration, long atMillis, int evaluations) {
        return new IterationPoint(iteration, atMillis, 1, 1, 1, evaluations);
    }

    private static SandblasterWork work(long iteration, @Nullable String ended, List<IterationPoint> points) {
        return new SandblasterWork(iteration, 100, 1.0, 1.0, 0, null, 1, 1, ended, null, points);
    }
}
