package org.distbelief.paramserver.shard;

import java.util.List;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.pace.RoundState;

/**
 * What a shard is made of besides its vectors, between two changes.
 *
 * @param version updates applied
 * @param pushes what it remembers of each partition's pushes
 * @param rounds how far it has gathered gradients, where the replicas go in step
 * @param vectors the names of the vectors
 * @param answer the last program that it has run
 */
public record Standing(
        long version, List<LoggedPushes> pushes, RoundState rounds, List<VectorName> vectors, ProgramAnswer answer) {
    /** Copies the lists. */
    public Standing {
        pushes = List.copyOf(pushes);
        vectors = List.copyOf(vectors);
    }
}
