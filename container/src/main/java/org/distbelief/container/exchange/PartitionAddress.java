package org.distbelief.container.exchange;

/**
 * Where a partition of a replica listens for the others.
 *
 * @param partition its number
 * @param host host name or address
 * @param port TCP port
 */
public record PartitionAddress(int partition, String host, int port) {
    @Override
    public String toString() {
        return "partition " + partition + " at " + host + ":" + port;
    }
}
