package org.distbelief.container.downpour;

import java.time.Duration;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.Phase;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.report.MasterLink;

/** A replica that only scores held-out data, or its first partition, with parameters that do not change. */
public final class EvaluationWorker {
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Evaluator evaluator;
    private final ReplicaOrders orders;
    private final MasterLink link;
    private final Followers followers;

    /** What is handed in stays the caller's. */
    public EvaluationWorker(ModelReplica replica, Evaluator evaluator, ReplicaOrders orders, MasterLink link) {
        this.followers = new Followers(replica, System::nanoTime);
        this.evaluator = evaluator;
        this.orders = orders;
        this.link = link;
    }

    /**
     * Scores what it is given until the master says that the job is done.
     *
     * @throws org.distbelief.container.report.LostMasterException where the master is gone
     * @throws java.io.IOException where a portion cannot be read
     */
    public void run() throws Exception {
        while (orders.phase() != Phase.FINISH) {
            Lease lease = orders.nextEvaluation(LOOK).orElse(null);
            if (lease == null) {
                followers.keepWaiting();
            } else {
                link.score(evaluator.score(lease));
            }
        }
        followers.finish();
    }
}
