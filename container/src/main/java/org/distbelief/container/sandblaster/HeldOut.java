package org.distbelief.container.sandblaster;

import java.time.Duration;
import org.distbelief.container.downpour.Evaluator;
import org.distbelief.container.downpour.ReplicaOrders;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.Phase;
import org.distbelief.container.report.MasterLink;
import org.distbelief.paramserver.VectorName;
import org.jspecify.annotations.Nullable;

/** The evaluation after training: portions of held-out data, as the master gives them out. */
final class HeldOut {
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Team team;
    private final ReplicaOrders orders;
    private final MasterLink master;
    private final @Nullable Evaluator evaluator;

    /** @param evaluator null where the job has no held-out data */
    HeldOut(Team team, ReplicaOrders orders, MasterLink master, @Nullable Evaluator evaluator) {
        this.team = team;
        this.orders = orders;
        this.master = master;
        this.evaluator = evaluator;
    }

    /** Scores portions until the phase is over, all with the parameters that training ended with. */
    void score() throws Exception {
        Evaluator scorer = evaluator;
        if (scorer == null) {
            throw new IllegalStateException("expected no evaluation phase in a job without evaluation");
        }
        if (team.fetch(VectorName.PARAMETERS).isEmpty()) {
            throw new IllegalStateException("expected the vector '" + VectorName.PARAMETERS + "' on all shards");
        }
        while (orders.phase() == Phase.EVALUATE) {
            Lease lease = orders.nextEvaluation(LOOK).orElse(null);
            if (lease == null) {
                team.keepWaiting();
            } else {
                master.score(scorer.score(lease));
            }
        }
    }
}
