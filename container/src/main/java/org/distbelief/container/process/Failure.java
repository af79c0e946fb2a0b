package org.distbelief.container.process;

import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.distbelief.conf.JobFileException;
import org.distbelief.conf.ProcessExit;
import org.distbelief.container.coordinator.CoordinatorRefusedException;
import org.distbelief.container.downpour.DivergedException;
import org.distbelief.container.exchange.NeighbourException;
import org.distbelief.container.master.MasterException;
import org.distbelief.dataset.DatasetFormatException;
import org.distbelief.paramserver.shard.ShardException;
import org.jspecify.annotations.Nullable;

/** Why a replica's process ends: which status, and the reason in one line. */
final class Failure {
    private Failure() {}

    /** The status for what was thrown; the cause nearest to the surface that says something decides. */
    static ProcessExit status(Throwable thrown) {
        for (Throwable e = thrown; e != null; e = e.getCause()) {
            ProcessExit status = own(e);
            if (status != null) {
                return status;
            }
        }
        return thrown instanceof IOException ? ProcessExit.TRANSIENT : ProcessExit.INTERNAL;
    }

    private static @Nullable ProcessExit own(Throwable e) {
        if (e instanceof DivergedException) {
            return ProcessExit.DIVERGED;
        }
        if (e instanceof CoordinatorRefusedException) {
            return ProcessExit.REPLACED;
        }
        if (e instanceof ShardException shard) {
            return switch (shard.kind()) {
                case ZOMBIE_PUSH -> ProcessExit.REPLACED;
                case NOT_FINITE -> ProcessExit.DIVERGED;
                case WRONG_RANGES -> ProcessExit.INTERNAL;
                default -> ProcessExit.TRANSIENT;
            };
        }
        if (e instanceof MasterException master) {
            return master.refused() ? ProcessExit.REPLACED : ProcessExit.LOST_MASTER;
        }
        if (e instanceof TimeoutException || e instanceof NeighbourException) {
            return ProcessExit.TRANSIENT;
        }
        boolean user =
                e instanceof JobFileException || e instanceof UnusableException || e instanceof DatasetFormatException;
        return user ? ProcessExit.USER_ERROR : null;
    }

    /** Whether another partition of the replica is the reason: then the master is about to stop this one. */
    static boolean ofNeighbour(Throwable thrown) {
        for (Throwable e = thrown; e != null; e = e.getCause()) {
            if (e instanceof NeighbourException) {
                return true;
            }
        }
        return false;
    }

    /** One line that says what happened. */
    static String reason(Throwable thrown) {
        String message = thrown.getMessage();
        boolean clear = message != null && status(thrown) != ProcessExit.INTERNAL;
        String text = clear ? String.valueOf(message) : thrown.toString();
        return text.replace(System.lineSeparator(), "; ").replace('\n', ' ');
    }
}
