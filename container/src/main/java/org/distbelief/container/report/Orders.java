package org.distbelief.container.report;

import java.util.List;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.Phase;

/** Who does what the master says. Called in the thread of the {@link MasterLink}; must return soon. */
public interface Orders {
    /**
     * The master's newest word.
     *
     * @param phase what the job is doing
     * @param leases leases that are new
     * @param drain whether there are no training portions for this replica now
     */
    void take(Phase phase, List<Lease> leases, boolean drain);

    /** The conversation has ended for good: the master refused, or was silent for too long. */
    void lost(LostMasterException cause);
}
