package org.distbelief.paramserver.membership;

/**
 * Where the ApplicationMaster serves its containers.
 *
 * @param host host name or address
 * @param port TCP port
 * @param attempt which attempt of the application it is, from 1
 */
public record MasterAddress(String host, int port, int attempt) {}
