package org.distbelief.paramserver.shard;

import java.util.List;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.pace.RoundState;
import org.distbelief.paramserver.rule.UpdateContext;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a shard's state. Whatever was to be decided has been: two shards that begin alike and see the same
 * changes in the same order stay alike, to the last bit.
 */
public sealed interface Change {
    /** The push that it is about, if it is about one. */
    default @Nullable PushHeader pushed() {
        return null;
    }

    /** A push whose gradient is applied. */
    record Applied(PushHeader push, UpdateContext context) implements Change {
        @Override
        public PushHeader pushed() {
            return push;
        }
    }

    /**
     * A push whose gradient is added to the sum of those that are gathered.
     *
     * @param first whether it takes the place of what was there
     * @param round the round that it counts in
     */
    record Gathered(PushHeader push, boolean first, long round) implements Change {
        @Override
        public PushHeader pushed() {
            return push;
        }
    }

    /** A push that came too late to count. */
    record Late(PushHeader push) implements Change {
        @Override
        public PushHeader pushed() {
            return push;
        }
    }

    /** A push whose gradient is added to the vector that it names, if that is there. */
    record Added(PushHeader push) implements Change {
        /** @throws IllegalArgumentException where it names no vector */
        public Added {
            if (push.into().isEmpty()) {
                throw new IllegalArgumentException("expected a push that names a vector, found " + push.id());
            }
        }

        @Override
        public PushHeader pushed() {
            return push;
        }
    }

    /** A program is run. */
    record Ran(NumberedProgram program) implements Change {}

    /**
     * The results of the program that has just been run, for whoever does not hold all of the vectors yet.
     *
     * @param results of this shard's part of the vectors
     */
    record Answered(List<Double> results) implements Change {
        /** Copies the list. */
        public Answered {
            results = List.copyOf(results);
        }
    }

    /** A replica takes part from now on, where replicas do not run as they like. */
    record Joined(RoundState.Participant participant) implements Change {}

    /** It does not any more. */
    record Left(int replica) implements Change {}

    /**
     * The mean of what was gathered is applied.
     *
     * @param ranges the parameters of one push
     * @param gradients how many were added up
     */
    record Mean(RangeSet ranges, int gradients, UpdateContext context) implements Change {}

    /**
     * A round of gathering is over.
     *
     * @param next the next round
     * @param updated whether parameters have changed in it
     */
    record RoundOver(long next, boolean updated) implements Change {}
}
