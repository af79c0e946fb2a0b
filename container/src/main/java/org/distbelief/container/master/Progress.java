package org.distbelief.container.master;

/**
 * What a replica has done since its incarnation began, cumulative, and what it uses now.
 *
 * @param steps mini-batches
 * @param examples examples in them
 * @param lossSum sum of the examples' training losses, each before the step that used it
 * @param fetches fetches of the parameters that were installed
 * @param pushes pushes begun
 * @param pushesAcknowledged pushes that all shards have acknowledged
 * @param stalenessSum sum over the acknowledged pushes of their greatest staleness on a shard: updates of others
 *     between the fetch that a gradient was computed from and its push
 * @param computeNanos time in gradients and local steps
 * @param fetchNanos time in fetches, beside the computation
 * @param pushNanos time in pushes, beside the computation
 * @param waitNanos time in which the computation waited for data, a fetch or a push
 * @param drawn examples drawn from leases that are not complete
 * @param heapUsed bytes of the JVM's heap
 * @param directUsed bytes of direct memory
 */
public record Progress(
        long steps,
        long examples,
        double lossSum,
        long fetches,
        long pushes,
        long pushesAcknowledged,
        double stalenessSum,
        long computeNanos,
        long fetchNanos,
        long pushNanos,
        long waitNanos,
        long drawn,
        long heapUsed,
        long directUsed) {
    /** Before the first step. */
    public static Progress none() {
        return new Progress(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
}
