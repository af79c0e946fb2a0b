package org.distbelief.appmaster.bench;

import java.util.List;

/**
 * What {@code bench sandblaster} has found; medians of the rounds.
 *
 * @param pinned whether all processes were pinned to two processors
 * @param rounds how many there were
 * @param iterations of L-BFGS that were measured in each
 * @param ways with one replica of two threads, and with two of one
 * @param peers other programs
 */
public record SandblasterFigures(boolean pinned, int rounds, int iterations, List<Way> ways, List<Peer> peers) {
    /** Copies the lists. */
    public SandblasterFigures {
        ways = List.copyOf(ways);
        peers = List.copyOf(peers);
    }

    /**
     * A way to use two processors.
     *
     * @param replicas how many
     * @param threads of each
     * @param examples examples a second whose loss and gradient the coordinator got, over whole iterations
     * @param evaluating the same while a batch was evaluated: without what L-BFGS computes on the shards
     * @param gradients examples a second of Downpour's gradients alone, on the same processors
     * @param evaluations of the batch for each iteration
     * @param programs that the coordinator had each shard run, for each iteration
     * @param bytes between the coordinator and each shard, for each iteration
     * @param outside share of the replicas' time in which they did not compute gradients
     * @param waiting share in which they waited for the coordinator or for data
     */
    public record Way(
            int replicas,
            int threads,
            double examples,
            double evaluating,
            double gradients,
            double evaluations,
            double programs,
            double bytes,
            double outside,
            double waiting) {}

    /**
     * Another program.
     *
     * @param name for people
     * @param examples examples a second, as it says itself
     */
    public record Peer(String name, double examples) {}
}
