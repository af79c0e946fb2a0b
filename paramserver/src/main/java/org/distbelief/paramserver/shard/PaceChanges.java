package org.distbelief.paramserver.shard;

import java.util.function.Consumer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.pace.PaceKeeper;
import org.distbelief.paramserver.pace.RoundState;
import org.distbelief.paramserver.rule.UpdateContext;
import org.distbelief.paramserver.rule.VersionedRate;

/**
 * What replicas that do not run as they like change of a shard, besides by their pushes.
 *
 * @param changes makes them
 */
record PaceChanges(Consumer<Change> changes, ShardState state, VersionedRate rate) implements PaceKeeper.Gathering {
    @Override
    public void joined(RoundState.Participant participant) {
        changes.accept(new Change.Joined(participant));
    }

    @Override
    public void left(int replica) {
        changes.accept(new Change.Left(replica));
    }

    @Override
    public void applyMean(RangeSet ranges, int gradients) {
        long version = state.version();
        UpdateContext context = new UpdateContext(version, 0, rate.factor(version, 0));
        changes.accept(new Change.Mean(ranges, gradients, context));
    }

    @Override
    public void roundOver(long next, boolean updated) {
        changes.accept(new Change.RoundOver(next, updated));
    }
}
