package org.distbelief.container.master;

/**
 * A portion of the data in the hands of one replica.
 *
 * @param id unique in the job; a portion that is leased again gets another id
 * @param epoch pass over the data, from 0
 * @param portion the portion's id in the manifest's split
 * @param kind what it is for
 */
public record Lease(long id, int epoch, int portion, Kind kind) {}
