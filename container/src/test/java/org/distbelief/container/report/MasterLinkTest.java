package org.distbelief.container.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.Master;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.Phase;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MasterLinkTest {
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private final BlockingQueue<Report> reports = new LinkedBlockingQueue<>();
    private final BlockingQueue<List<Lease>> granted = new LinkedBlockingQueue<>();
    private final CompletableFuture<LostMasterException> lost = new CompletableFuture<>();
    private final AtomicLong now = new AtomicLong();

    /** Answers a report. */
    private interface Answer {
        Reply to(Report report) throws MasterException;
    }

    private MasterLink link(Answer answer) {
        Master master = new Master() {
            @Override
            public Reply exchange(Report report) throws MasterException {
                reports.add(report);
                return answer.to(report);
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
        Orders orders = new Orders() {
            @Override
            public void take(Phase phase, List<Lease> leases, boolean drain) {
                granted.add(leases);
            }

            @Override
            public void lost(LostMasterException cause) {
                lost.complete(cause);
            }
        };
        return new MasterLink(master, new LeaseBook(0, 1), new ProgressMeter(), () -> 2, orders, SILENCE, now::get);
    }

    private Report next() throws InterruptedException {
        Report report = reports.poll(10, TimeUnit.SECONDS);
        assertThat(report).isNotNull();
        return report;
    }

    @Test
    void reportsByItselfAndSoonerWhenThereIsNews() throws Exception {
        Lease lease = new Lease(5, 0, 0, Kind.TRAIN);
        try (MasterLink link = link(
                report -> new Reply(Phase.TRAIN, report.sequence() == 1 ? List.of(lease) : List.of(), 60_000, false))) {
            link.start();
            assertThat(next().wanted()).isEqualTo(2);
            assertThat(granted.poll(10, TimeUnit.SECONDS)).containsExactly(lease);
            assertThat(next().held()).containsExactly(5L);
            granted.poll(10, TimeUnit.SECONDS);

            long start = System.nanoTime();
            link.complete(new Completed(5, 30));
            Report news = next();
            while (news.completed().isEmpty()) {
                news = next();
            }
            assertThat(news.completed()).containsExactly(new Completed(5, 30));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            next();
        }
    }

    @Test
    void aSilentMasterIsTriedAgainUntilItWasSilentForTooLong() throws Exception {
        try (MasterLink link = link(report -> {
            now.addAndGet(Duration.ofSeconds(25).toNanos());
            throw MasterException.unreachable("nobody answers at host:1", new IllegalStateException());
        })) {
            link.start();

            LostMasterException cause = lost.get(10, TimeUnit.SECONDS);
            assertThat(cause)
                    .hasMessageContaining("silent for more than 1m")
                    .hasMessageContaining("nobody answers at host:1");
            assertThat(reports).hasSize(3);
        }
    }

    @Test
    void aReplyEndsTheSilence() throws Exception {
        try (MasterLink link = link(report -> {
            now.addAndGet(Duration.ofSeconds(25).toNanos());
            if (report.sequence() % 2 == 1) {
                throw MasterException.unreachable("lost", new IllegalStateException());
            }
            return new Reply(Phase.TRAIN, List.of(), 1, false);
        })) {
            link.start();
            for (int i = 0; i < 8; i++) {
                next();
            }
            assertThat(lost).isNotDone();
        }
    }

    @Test
    void aRefusalIsFinal() throws Exception {
        try (MasterLink link = link(report -> {
            throw MasterException.refused("another incarnation has come", new IllegalStateException());
        })) {
            link.start();

            assertThat(lost.get(10, TimeUnit.SECONDS)).hasMessageContaining("another incarnation");
            assertThat(reports).hasSize(1);
        }
    }
}
