package org.distbelief.paramserver.bench;

/**
 * What a connection to a shard reaches, and bare sockets between the same two processes; medians.
 *
 * @param rawFetch bytes per second from the server over bare sockets
 * @param rawPush bytes per second to the server
 * @param fetch bytes per second of a shard's fetches, one connection
 * @param store bytes per second into a shard's vector, one connection
 * @param push bytes per second of gradients that Adagrad applies while they arrive, one connection
 * @param openFetch bytes per second of fetches over a connection that nobody had to prove himself for
 * @param openStore likewise into a shard's vector
 * @param fetchOfTwo bytes per second of two connections together
 * @param storeOfTwo bytes per second of two connections together
 * @param nearFetch bytes per second of fetches through memory that both processes have mapped
 * @param nearStore likewise into a shard's vector
 * @param rawFetchCpu processor seconds of both ends per 10^9 bytes over bare sockets
 * @param rawPushCpu likewise
 * @param fetchCpu processor seconds of both ends per 10^9 bytes fetched
 * @param storeCpu processor seconds of both ends per 10^9 bytes stored
 * @param rawRoundTrip seconds from a byte sent to a byte received over bare sockets
 * @param roundTrip seconds of an empty call
 */
public record WireFigures(
        double rawFetch,
        double rawPush,
        double fetch,
        double store,
        double push,
        double openFetch,
        double openStore,
        double fetchOfTwo,
        double storeOfTwo,
        double nearFetch,
        double nearStore,
        double rawFetchCpu,
        double rawPushCpu,
        double fetchCpu,
        double storeCpu,
        double rawRoundTrip,
        double roundTrip) {}
