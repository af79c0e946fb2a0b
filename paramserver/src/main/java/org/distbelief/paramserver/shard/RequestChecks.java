package org.distbelief.paramserver.shard;

import java.util.List;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;

/** What a shard refuses before it does anything. */
final class RequestChecks {
    private final int index;
    private final long generation;
    private final VectorBank bank;
    private final ShardCounters.Live counters;
    private volatile boolean serving = true;

    RequestChecks(int index, long generation, VectorBank bank, ShardCounters.Live counters) {
        this.index = index;
        this.generation = generation;
        this.bank = bank;
        this.counters = counters;
    }

    void serving(boolean now) {
        serving = now;
    }

    void generation(long asked) throws ShardException {
        if (!serving) {
            throw refused(new ShardException(
                    ShardException.Kind.STALE_GENERATION,
                    "expected a process that serves shard " + index + ", found generation " + generation
                            + ", which is its standby or has been replaced"));
        }
        if (asked != generation) {
            throw refused(new ShardException(
                    ShardException.Kind.STALE_GENERATION,
                    "expected a request for generation " + generation + " of shard " + index
                            + ", found one for generation " + asked));
        }
    }

    void vectors(List<VectorName> vectors) throws ShardException {
        for (VectorName vector : vectors) {
            if (!bank.names().contains(vector)) {
                throw refused(new ShardException(
                        ShardException.Kind.WRONG_RANGES,
                        "expected one of the vectors " + bank.names() + " of shard " + index + ", found " + vector));
            }
        }
    }

    void ranges(RangeSet ranges) throws ShardException {
        if (ranges.isEmpty() || !bank.ranges().contains(ranges)) {
            throw refused(new ShardException(
                    ShardException.Kind.WRONG_RANGES,
                    "expected parameters within " + bank.ranges() + " of shard " + index + ", found " + ranges));
        }
    }

    void parameters(long expected) throws ShardException {
        if (expected != bank.ranges().size()) {
            throw refused(new ShardException(
                    ShardException.Kind.WRONG_RANGES,
                    "expected a program for the " + bank.ranges().size() + " parameters of shard " + index
                            + ", found one for " + expected));
        }
    }

    void length(PushHeader header, int bytes) throws ShardException {
        long floats = header.ranges().size();
        if (floats > PushHeader.MOST_FLOATS) {
            throw refused(new ShardException(
                    ShardException.Kind.WRONG_RANGES,
                    "expected a push of at most " + PushHeader.MOST_FLOATS + " parameters, found one of " + floats
                            + "; send a larger gradient in several pushes"));
        }
        if (bytes != floats * Float.BYTES) {
            throw refused(new ShardException(
                    ShardException.Kind.WRONG_RANGES,
                    "expected " + floats * Float.BYTES + " bytes of gradient for " + header.ranges() + ", found "
                            + bytes));
        }
    }

    /** Counts a refusal. */
    ShardException refused(ShardException e) {
        counters.refused.increment();
        return e;
    }
}
