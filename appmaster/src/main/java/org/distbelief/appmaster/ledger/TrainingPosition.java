package org.distbelief.appmaster.ledger;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** How far a job's training is, for checkpoints; JSON friendly, with the optimiser's name in it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "optimiser", defaultImpl = LedgerPosition.class)
@JsonSubTypes({
    @JsonSubTypes.Type(value = LedgerPosition.class, name = "downpour"),
    @JsonSubTypes.Type(value = SandblasterPosition.class, name = "sandblaster")
})
public sealed interface TrainingPosition permits LedgerPosition, SandblasterPosition {
    /** Examples trained on so far. */
    long examplesCompleted();
}
