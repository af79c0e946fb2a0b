package org.distbelief.paramserver.shard;

import java.util.concurrent.atomic.LongAdder;

/**
 * A shard's traffic.
 *
 * @param bytesIn bytes of gradients received
 * @param bytesOut bytes of parameters sent
 * @param fetches fetches served
 * @param pushes updates of replicas, or parts of them that a partition pushes, that were taken whole
 * @param duplicates pushes that had been applied before and were acknowledged again
 * @param refused requests refused, for whatever reason
 * @param notFinite those of them that were refused for NaN or an infinity
 * @param dropped those of the updates that came, as a whole or in part, too late to count
 */
public record ShardCounters(
        long bytesIn,
        long bytesOut,
        long fetches,
        long pushes,
        long duplicates,
        long refused,
        long notFinite,
        long dropped) {

    /** The counters while they count. */
    static final class Live {
        final LongAdder bytesIn = new LongAdder();
        final LongAdder bytesOut = new LongAdder();
        final LongAdder fetches = new LongAdder();
        final LongAdder pushes = new LongAdder();
        final LongAdder duplicates = new LongAdder();
        final LongAdder refused = new LongAdder();
        final LongAdder notFinite = new LongAdder();
        final LongAdder dropped = new LongAdder();

        ShardCounters get() {
            return new ShardCounters(
                    bytesIn.sum(),
                    bytesOut.sum(),
                    fetches.sum(),
                    pushes.sum(),
                    duplicates.sum(),
                    refused.sum(),
                    notFinite.sum(),
                    dropped.sum());
        }
    }
}
