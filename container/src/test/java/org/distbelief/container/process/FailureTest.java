package org.distbelief.container.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.distbelief.conf.JobFileException;
import org.distbelief.conf.ProcessExit;
import org.distbelief.container.coordinator.CoordinatorRefusedException;
import org.distbelief.container.downpour.DivergedException;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.report.LostMasterException;
import org.distbelief.dataset.DatasetFormatException;
import org.distbelief.paramserver.shard.ShardException;
import org.junit.jupiter.api.Test;

class FailureTest {
    @Test
    void theStatusTellsUserErrorTransientAndInternalApart() {
        assertThat(Failure.status(new UnusableException("bad", null))).isEqualTo(ProcessExit.USER_ERROR);
        assertThat(Failure.status(new JobFileException(List.of("bad")))).isEqualTo(ProcessExit.USER_ERROR);
        assertThat(Failure.status(new IOException("x", new DatasetFormatException("label"))))
                .isEqualTo(ProcessExit.USER_ERROR);
        assertThat(Failure.status(new IOException("no answer"))).isEqualTo(ProcessExit.TRANSIENT);
        assertThat(Failure.status(new TimeoutException("slow"))).isEqualTo(ProcessExit.TRANSIENT);
        assertThat(Failure.status(new DivergedException("NaN"))).isEqualTo(ProcessExit.DIVERGED);
        assertThat(Failure.status(new ShardException(ShardException.Kind.NOT_FINITE, "NaN")))
                .isEqualTo(ProcessExit.DIVERGED);
        assertThat(Failure.status(new ShardException(ShardException.Kind.ZOMBIE_PUSH, "late")))
                .isEqualTo(ProcessExit.REPLACED);
        assertThat(Failure.status(new CoordinatorRefusedException("late"))).isEqualTo(ProcessExit.REPLACED);
        assertThat(Failure.status(new IllegalArgumentException("bug"))).isEqualTo(ProcessExit.INTERNAL);
        assertThat(Failure.status(new OutOfMemoryError("heap"))).isEqualTo(ProcessExit.INTERNAL);
    }

    @Test
    void aLostMasterIsToldApartFromBeingReplacedAndFromABug() {
        Exception cause = new IOException("connection refused");
        LostMasterException silent = new LostMasterException("silent", MasterException.unreachable("none", cause));
        LostMasterException refused = new LostMasterException("refused", MasterException.refused("gone", cause));
        LostMasterException bug = new LostMasterException("failed", new IllegalStateException());

        assertThat(Failure.status(new LostMasterException("silent", silent))).isEqualTo(ProcessExit.LOST_MASTER);
        assertThat(Failure.status(new LostMasterException("refused", refused))).isEqualTo(ProcessExit.REPLACED);
        assertThat(Failure.status(new LostMasterException("failed", bug))).isEqualTo(ProcessExit.INTERNAL);
    }

    @Test
    void theReasonIsOneLine() {
        assertThat(Failure.reason(new JobFileException(List.of("job:1: a", "job:2: b"))))
                .isEqualTo("job:1: a; job:2: b");
        assertThat(Failure.reason(new IllegalStateException("odd"))).contains("IllegalStateException: odd");
    }
}
