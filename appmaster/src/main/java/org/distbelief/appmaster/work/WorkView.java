package org.distbelief.appmaster.work;

import java.util.Map;
import java.util.TreeMap;
import org.distbelief.appmaster.ledger.PortionLedger;
import org.distbelief.appmaster.status.JobSnapshot.LedgerRow;
import org.distbelief.appmaster.status.SandblasterWork;
import org.jspecify.annotations.Nullable;

/**
 * The work at one moment. Immutable.
 *
 * @param ledger exact counts
 * @param epoch epoch being trained, from 1; 0 without training
 * @param examplesDone examples of completed portions and those drawn from open ones
 * @param examplesTotal examples of all epochs
 * @param heldOutDone held-out examples of completed portions
 * @param heldOutTotal held-out examples
 * @param examplesTrained examples drawn, those read again after a loss counted again
 * @param lossSum their losses
 * @param warmingUp whether one replica trains alone
 * @param replicas what each replica has done
 * @param sandblaster what Sandblaster does; null where another optimiser trains
 */
public record WorkView(
        LedgerRow ledger,
        int epoch,
        long examplesDone,
        long examplesTotal,
        long heldOutDone,
        long heldOutTotal,
        long examplesTrained,
        double lossSum,
        boolean warmingUp,
        Map<Integer, ReplicaView> replicas,
        @Nullable SandblasterWork sandblaster) {

    /**
     * What one replica has done.
     *
     * @param steps mini-batches of all incarnations
     * @param examples examples of all incarnations
     * @param pushes pushes acknowledged by all shards
     * @param examplesPerSecond rate over the last seconds
     * @param loss mean loss over the last seconds; null before the first step
     * @param computeShare share of time spent computing
     * @param waitShare share of time spent fetching, pushing, waiting
     * @param openLeases portions it holds
     */
    public record ReplicaView(
            long steps,
            long examples,
            long pushes,
            double examplesPerSecond,
            @Nullable Double loss,
            double computeShare,
            double waitShare,
            int openLeases) {}

    static WorkView of(
            @Nullable PortionLedger training,
            @Nullable PortionLedger evaluation,
            Map<Integer, ReplicaTally> tallies,
            boolean warmingUp,
            @Nullable SandblasterWork sandblaster) {
        Map<Integer, ReplicaView> views = new TreeMap<>();
        long drawn = 0;
        ReplicaTally.Totals all = ReplicaTally.Totals.NONE;
        for (Map.Entry<Integer, ReplicaTally> entry : tallies.entrySet()) {
            ReplicaTally tally = entry.getValue();
            ReplicaTally.Totals totals = tally.totals();
            int open = (training == null ? 0 : training.leasesOf(entry.getKey()).size())
                    + (evaluation == null
                            ? 0
                            : evaluation.leasesOf(entry.getKey()).size());
            views.put(
                    entry.getKey(),
                    new ReplicaView(
                            totals.steps(),
                            totals.examples(),
                            totals.pushes(),
                            tally.examplesPerSecond(),
                            tally.loss(),
                            tally.computeShare(),
                            tally.waitShare(),
                            open));
            drawn += tally.drawnInOpenLeases();
            all = new ReplicaTally.Totals(
                    all.steps() + totals.steps(),
                    all.examples() + totals.examples(),
                    all.lossSum() + totals.lossSum(),
                    all.pushes() + totals.pushes());
        }
        PortionLedger counted = training != null ? training : evaluation;
        LedgerRow row = counted == null
                ? new LedgerRow(0, 0, 0, 0, 0)
                : new LedgerRow(
                        counted.portions(),
                        counted.portionsCompleted(),
                        counted.examplesCompleted(),
                        counted.leasesOpen(),
                        counted.leasesReturned());
        long total = training == null ? 0 : training.examplesTotal();
        long completed = training == null ? 0 : training.examplesCompleted();
        return new WorkView(
                row,
                training == null ? 0 : training.epoch(),
                Math.min(total, completed + drawn),
                total,
                evaluation == null ? 0 : evaluation.examplesCompleted(),
                evaluation == null ? 0 : evaluation.examplesTotal(),
                all.examples(),
                all.lossSum(),
                warmingUp && training != null,
                views,
                sandblaster);
    }
}
