package org.distbelief.paramserver.client;

/**
 * Where a generation of a shard serves.
 *
 * @param shard index
 * @param host host name or address
 * @param port TCP port
 * @param generation which life of the shard
 */
public record ShardAddress(int shard, String host, int port, long generation) {
    @Override
    public String toString() {
        return "shard " + shard + " at " + host + ":" + port + ", generation " + generation;
    }
}
