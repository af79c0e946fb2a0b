package org.distbelief.container.coordinator;

import java.util.List;
import java.util.Optional;

/**
 * What a replica is to do, in the order of the components.
 *
 * @param batch what is computed now; where it is another one than the replica's, everything the replica has is void,
 *     the rest of this reply is about the new one, and its parameters are to be fetched. Empty where there is none yet
 * @param keep whether the portion that was done counts and joins the bundle; else it is dropped
 * @param drop whether the bundle, without the portion that was just done, is void
 * @param push to push the bundle, as it is then, now
 * @param compute the portion to compute, or to go on with where it is the one that the replica works on; where it is
 *     another or none, the one that it works on is dropped
 * @param ahead portions that it will likely be given next, to be read while it computes
 */
public record WorkReply(
        Optional<BatchOrder> batch,
        boolean keep,
        boolean drop,
        Optional<PushOrder> push,
        Optional<Integer> compute,
        List<Integer> ahead) {
    /** Copies the list. */
    public WorkReply {
        ahead = List.copyOf(ahead);
    }
}
