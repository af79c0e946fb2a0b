package org.distbelief.appmaster.sandblaster;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.distbelief.container.coordinator.BatchId;
import org.distbelief.container.coordinator.BatchOrder;
import org.distbelief.container.coordinator.Beat;
import org.distbelief.container.coordinator.CoordinatorRefusedException;
import org.distbelief.container.coordinator.Done;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.container.coordinator.WorkReport;
import org.distbelief.paramserver.VectorName;

/** Someone who talks to a board: as the replicas, and as the coordinator. */
abstract class BoardScenario {
    static final long TERM = 7;
    static final Optional<BatchId> FIRST = Optional.of(new BatchId(TERM, 1));

    BatchBoard board = board(3, 2, true, false);
    private long sequence;
    long now;

    static BatchBoard board(int pushAfter, int pushesAtOnce, boolean backupCopies, boolean deterministic) {
        return new BatchBoard(TERM, new BoardRules(pushAfter, pushesAtOnce, backupCopies, deterministic));
    }

    void begin(int number, int portions) {
        board.begin(
                new BatchOrder(new BatchId(TERM, number), VectorName.PARAMETERS, 0),
                IntStream.range(0, portions)
                        .mapToObj(i -> new BatchPortion(i, 10, List.of("node" + i % 2)))
                        .toList());
        commit();
    }

    List<VectorName> commit() {
        Commit commit = board.nextCommit().orElseThrow();
        board.committed(commit);
        return commit.add();
    }

    /** A report in steps. */
    final class Report {
        private final int replica;
        private Optional<BatchId> batch = FIRST;
        private Optional<Done> done = Optional.empty();
        private Optional<Integer> working = Optional.empty();
        private List<Integer> bundle = List.of();
        private Optional<Long> pushing = Optional.empty();
        private boolean pushed;

        Report(int replica) {
            this.replica = replica;
        }

        Report of(Optional<BatchId> other) {
            batch = other;
            return this;
        }

        Report done(int portion) {
            return done(portion, portion);
        }

        Report done(int portion, double loss) {
            done = Optional.of(new Done(portion, loss, 10));
            return this;
        }

        Report working(int portion) {
            working = Optional.of(portion);
            return this;
        }

        Report bundle(Integer... portions) {
            bundle = Arrays.asList(portions);
            return this;
        }

        Report pushing(long number) {
            pushing = Optional.of(number);
            return this;
        }

        Report pushed(long number) {
            pushed = true;
            return pushing(number);
        }

        WorkReply send() {
            return send(1, ++sequence);
        }

        WorkReply again() {
            return send(1, sequence);
        }

        WorkReply send(long incarnation, long sequence) {
            try {
                return board.report(
                        new WorkReport(
                                replica,
                                incarnation,
                                sequence,
                                batch,
                                done,
                                working,
                                bundle,
                                pushing,
                                pushed,
                                pushing.isEmpty() || pushed),
                        "node" + replica,
                        ++now);
            } catch (CoordinatorRefusedException e) {
                throw new IllegalArgumentException(e);
            }
        }
    }

    Report from(int replica) {
        return new Report(replica);
    }

    boolean beat(int replica, int working) throws CoordinatorRefusedException {
        return board.beat(new Beat(replica, 1, FIRST, Optional.of(working)), ++now);
    }
}
