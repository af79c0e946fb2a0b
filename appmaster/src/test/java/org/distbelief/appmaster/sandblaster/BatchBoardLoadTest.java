package org.distbelief.appmaster.sandblaster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.distbelief.container.coordinator.BatchId;
import org.distbelief.container.coordinator.BatchOrder;
import org.distbelief.container.coordinator.Beat;
import org.distbelief.container.coordinator.CoordinatorRefusedException;
import org.distbelief.container.coordinator.Done;
import org.distbelief.container.coordinator.PushOrder;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.container.coordinator.WorkReport;
import org.distbelief.paramserver.VectorName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The paper's scale: 2,000 replicas. */
@Timeout(60)
class BatchBoardLoadTest {
    private static final int REPLICAS = 2000;
    private static final int PORTIONS = 20_000;

    private static final class Worker {
        final int number;
        Optional<BatchId> batch = Optional.empty();
        Optional<Done> done = Optional.empty();
        List<Integer> bundle = new ArrayList<>();
        Optional<PushOrder> pushing = Optional.empty();
        long sequence;

        Worker(int number) {
            this.number = number;
        }
    }

    @ParameterizedTest(name = "deterministic {0}")
    @ValueSource(booleans = {false, true})
    void aBatchOfTwentyThousandPortions(boolean deterministic) throws CoordinatorRefusedException {
        BatchBoard board = new BatchBoard(1, new BoardRules(4, 100, true, deterministic));
        List<BatchPortion> portions = new ArrayList<>();
        for (int i = 0; i < PORTIONS; i++) {
            portions.add(
                    new BatchPortion(i, 100, List.of("node" + i % 500, "node" + i * 7 % 500, "node" + i * 13 % 500)));
        }
        Deque<Worker> workers = new ArrayDeque<>();
        for (int i = 0; i < REPLICAS; i++) {
            workers.add(new Worker(i));
        }
        int reports = 0;
        for (int number = 1; number <= 2; number++) {
            board.begin(new BatchOrder(new BatchId(1, number), VectorName.PARAMETERS, 0), portions);
            while (!board.done()) {
                board.nextCommit().ifPresent(board::committed);
                for (int i = 0; i < 20; i++) {
                    Worker worker = workers.remove();
                    turn(board, worker, ++reports);
                    workers.add(worker);
                }
            }
            assertThat(board.examples()).isEqualTo(100L * PORTIONS);
        }
        assertThat(reports).isLessThan(100 * PORTIONS);
    }

    /** Computes, and pushes while it computes the next one; beats and reports. */
    private static void turn(BatchBoard board, Worker worker, long now) throws CoordinatorRefusedException {
        board.beat(new Beat(worker.number, 1, worker.batch, worker.done.map(Done::portion)), now);
        WorkReport report = new WorkReport(
                worker.number,
                1,
                ++worker.sequence,
                worker.batch,
                worker.done,
                Optional.empty(),
                worker.bundle,
                worker.pushing.map(PushOrder::number),
                worker.pushing.isPresent(),
                true);
        WorkReply reply = board.report(report, "node" + worker.number % 500, now);
        Optional<BatchId> batch = reply.batch().map(BatchOrder::id);
        if (!batch.equals(worker.batch) || reply.drop()) {
            worker.bundle.clear();
        }
        if (reply.keep()) {
            worker.done.ifPresent(done -> worker.bundle.add(done.portion()));
        }
        worker.batch = batch;
        worker.pushing = reply.push();
        if (reply.push().isPresent()) {
            worker.bundle.clear();
        }
        worker.done = reply.compute().map(portion -> new Done(portion, 1, 100));
    }

    @Test
    void aSilentMajorityIsFoundAndItsWorkDoneByOthers() throws CoordinatorRefusedException {
        BatchBoard board = new BatchBoard(1, new BoardRules(4, 10, false, false));
        List<BatchPortion> portions = new ArrayList<>();
        for (int i = 0; i < PORTIONS; i++) {
            portions.add(new BatchPortion(i, 1, List.of()));
        }
        board.begin(new BatchOrder(new BatchId(1, 1), VectorName.PARAMETERS, 0), portions);
        for (int i = 0; i < REPLICAS; i++) {
            turn(board, new Worker(i), 1);
        }
        board.silentSince(2).forEach(board::lost);
        Worker last = new Worker(REPLICAS);
        while (!board.done()) {
            board.nextCommit().ifPresent(board::committed);
            turn(board, last, 3);
        }
        assertThat(board.tally().portions()).containsOnlyKeys(REPLICAS);
        assertThat(board.tally().portionsRedone()).isEqualTo(REPLICAS);
    }
}
