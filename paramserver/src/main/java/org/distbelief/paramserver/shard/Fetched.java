package org.distbelief.paramserver.shard;

/**
 * Part of a vector, ready to be read.
 *
 * @param version updates that the shard had applied before the first chunk was read
 * @param reader reads it
 */
public record Fetched(long version, VectorReader reader) {}
