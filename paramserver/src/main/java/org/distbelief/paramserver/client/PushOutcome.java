package org.distbelief.paramserver.client;

import java.util.Map;
import org.distbelief.paramserver.shard.PushReceipt;

/**
 * A push that every shard concerned has acknowledged.
 *
 * @param receipts by shard, that of the last part
 * @param dropped whether any part did not count: it came too late, or the vector that it was to be added to is not
 *     there
 * @param nanoTime when the last acknowledgement came, {@link System#nanoTime}
 */
public record PushOutcome(Map<Integer, PushReceipt> receipts, boolean dropped, long nanoTime) {
    public PushOutcome {
        receipts = Map.copyOf(receipts);
    }

    /** The greatest staleness on a shard. */
    public long staleness() {
        return receipts.values().stream()
                .mapToLong(PushReceipt::staleness)
                .max()
                .orElse(0);
    }
}
