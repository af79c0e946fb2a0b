package org.distbelief.appmaster.ledger;

import java.util.Optional;
import org.distbelief.container.master.Standing;
import org.jspecify.annotations.Nullable;

/**
 * How far Sandblaster is.
 *
 * @param standing what it has come to; null before it has begun
 */
public record SandblasterPosition(@Nullable Standing standing) implements TrainingPosition {
    /** Before the first evaluation. */
    public static final SandblasterPosition START = new SandblasterPosition(null);

    /** What it has come to; empty before it has begun. */
    public Optional<Standing> come() {
        return Optional.ofNullable(standing);
    }

    @Override
    public long examplesCompleted() {
        return standing == null ? 0 : standing.examples();
    }
}
