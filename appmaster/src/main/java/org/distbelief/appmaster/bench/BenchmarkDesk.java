package org.distbelief.appmaster.bench;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.distbelief.container.master.CoordinatorMaster;
import org.distbelief.container.master.CoordinatorReply;
import org.distbelief.container.master.CoordinatorReply.Order;
import org.distbelief.container.master.CoordinatorReply.ReplicaPlace;
import org.distbelief.container.master.CoordinatorReport;
import org.distbelief.container.master.Standing;

/** The master of one coordinator in the same process, which leads from the start until its iterations are done. */
final class BenchmarkDesk implements CoordinatorMaster {
    private static final long TERM = 1;

    private final List<ReplicaPlace> replicas;
    private final Consumer<Standing> listener;
    private long heard = -1;

    /** @param listener hears of each iteration once, as soon as it is done */
    BenchmarkDesk(List<ReplicaPlace> replicas, Consumer<Standing> listener) {
        this.replicas = replicas;
        this.listener = listener;
    }

    @Override
    public synchronized CoordinatorReply coordinate(CoordinatorReport report) {
        report.standing().filter(come -> come.iteration() > heard).ifPresent(come -> {
            heard = come.iteration();
            listener.accept(come);
        });
        return report.ended().isPresent() || (heard >= 0 && !report.leads())
                ? new CoordinatorReply(Order.FINISH, 0, Optional.empty(), replicas)
                : new CoordinatorReply(Order.LEAD, TERM, Optional.empty(), replicas);
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
