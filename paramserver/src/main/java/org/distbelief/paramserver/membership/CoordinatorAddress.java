package org.distbelief.paramserver.membership;

/**
 * Where Sandblaster's coordinator that leads serves the model replicas.
 *
 * @param host host name or address
 * @param port TCP port
 * @param term of its leadership; later ones have higher numbers
 */
public record CoordinatorAddress(String host, int port, long term) {}
