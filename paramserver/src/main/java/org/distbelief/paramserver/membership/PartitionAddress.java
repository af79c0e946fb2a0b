package org.distbelief.paramserver.membership;

/**
 * Where a partition of a model replica listens for the replica's other partitions.
 *
 * @param replica number of the model replica
 * @param incarnation which life of it
 * @param partition number of the partition, from 0
 * @param host host name or address
 * @param port TCP port
 */
public record PartitionAddress(int replica, long incarnation, int partition, String host, int port) {}
