package org.distbelief.appmaster.job;

import java.util.Optional;
import org.distbelief.appmaster.ledger.TrainingPosition;
import org.jspecify.annotations.Nullable;

/**
 * When the next checkpoint is due, and what shards return to that are lost before it. For one thread, but
 * {@link #restoresFrom} may be called from any.
 */
final class Checkpointing {
    private final long intervalMillis;
    private @Nullable TrainingPosition position;
    private volatile @Nullable String name;
    private long next;

    /** @param restoresFrom the checkpoint that the run begins from; empty where it begins anew */
    Checkpointing(long intervalMillis, Optional<String> restoresFrom) {
        this.intervalMillis = intervalMillis;
        this.name = restoresFrom.orElse(null);
    }

    /** @param start how far training is at the beginning; empty where there is none */
    void begin(Optional<TrainingPosition> start, long now) {
        position = start.orElse(null);
        next = now + intervalMillis;
    }

    boolean due(long now) {
        return now >= next;
    }

    void taken(Saving.Saved saved, long now) {
        position = saved.position();
        name = saved.checkpoint().name();
        next = now + intervalMillis;
    }

    void failed(long now) {
        next = now + intervalMillis;
    }

    /** How far training was at what a lost shard returns to. */
    Optional<TrainingPosition> position() {
        return Optional.ofNullable(position);
    }

    /** Name of the checkpoint that a lost shard returns from; empty where it begins anew. */
    Optional<String> restoresFrom() {
        return Optional.ofNullable(name);
    }
}
