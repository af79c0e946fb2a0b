package org.distbelief.appmaster.job;

import java.io.IOException;
import java.util.Optional;
import org.distbelief.appmaster.ledger.TrainingPosition;
import org.distbelief.appmaster.status.JobSnapshot.CheckpointRow;

/** Writes the parameters that the shards hold. Slow; called from one thread of its own. */
public interface JobStorage {
    /**
     * Takes a checkpoint of all vectors, all or nothing.
     *
     * @param needed name of the checkpoint that lost shards return from until this one is known: it is kept
     * @param position how far training is; taken before the call, so that nothing done is missing from the vectors
     */
    CheckpointRow checkpoint(TrainingPosition position, Optional<String> needed)
            throws IOException, InterruptedException;

    /**
     * Writes the trained model.
     *
     * @return its directory
     */
    String saveModel() throws IOException, InterruptedException;
}
