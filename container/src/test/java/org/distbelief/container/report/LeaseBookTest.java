package org.distbelief.container.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.Phase;
import org.distbelief.container.master.Progress;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.distbelief.container.master.Scored;
import org.junit.jupiter.api.Test;

class LeaseBookTest {
    private static final Lease FIRST = new Lease(11, 0, 1, Kind.TRAIN);
    private static final Lease SECOND = new Lease(12, 0, 2, Kind.EVALUATE);

    private final LeaseBook book = new LeaseBook(3, 7);

    private Report report() {
        return book.report(5, Progress.none());
    }

    private static Reply reply(Lease... leases) {
        return new Reply(Phase.TRAIN, List.of(leases), 1000, false);
    }

    @Test
    void reportsItsStateWithAscendingNumbers() {
        Report first = report();
        assertThat(first).isEqualTo(new Report(3, 7, 1, 5, List.of(), List.of(), List.of(), Progress.none()));

        assertThat(book.accept(first, reply(FIRST, SECOND))).containsExactly(FIRST, SECOND);
        Report second = report();
        assertThat(second.sequence()).isEqualTo(2);
        assertThat(second.held()).containsExactly(11L, 12L);
    }

    @Test
    void completionsAreRepeatedUntilAReplyToAReportWithThem() {
        book.accept(report(), reply(FIRST, SECOND));
        Report before = report();
        book.complete(new Completed(11, 40));
        book.score(new Scored(12, 1.5, 10, 5, 1, 1));
        assertThat(report().completed()).containsExactly(new Completed(11, 40));

        book.accept(before, reply());
        Report repeated = report();
        assertThat(repeated.completed()).containsExactly(new Completed(11, 40));
        assertThat(repeated.scored()).hasSize(1);
        assertThat(repeated.held()).isEmpty();

        book.accept(repeated, reply());
        assertThat(report().completed()).isEmpty();
        assertThat(book.hasNews()).isFalse();
    }

    @Test
    void aLeaseThatIsGrantedAgainIsNotNew() {
        Report report = report();
        book.accept(report, reply(FIRST, SECOND));
        assertThat(book.accept(report(), reply(FIRST))).isEmpty();
        Report before = report();
        book.complete(new Completed(11, 40));

        assertThat(book.accept(before, reply(FIRST))).isEmpty();
        assertThat(report().completed()).hasSize(1);
    }

    @Test
    void onlyHeldLeasesCanBeDone() {
        assertThatThrownBy(() -> book.complete(new Completed(11, 1))).isInstanceOf(IllegalStateException.class);
        book.accept(report(), reply(FIRST));
        book.complete(new Completed(11, 1));
        assertThatThrownBy(() -> book.complete(new Completed(11, 1))).isInstanceOf(IllegalStateException.class);
    }
}
