package org.distbelief.appmaster.job;

import java.io.IOException;
import org.distbelief.appmaster.ledger.LedgerPosition;
import org.distbelief.appmaster.status.JobSnapshot.CheckpointRow;

/** Writes the parameters that the shards hold. Slow; called from one thread of its own. */
public interface JobStorage {
    /**
     * Takes a checkpoint of all vectors, all or nothing.
     *
     * @param position what of the data is done; taken before the call, so that nothing done is missing from the vectors
     */
    CheckpointRow checkpoint(LedgerPosition position) throws IOException, InterruptedException;

    /**
     * Writes the trained model.
     *
     * @return its directory
     */
    String saveModel() throws IOException, InterruptedException;
}
