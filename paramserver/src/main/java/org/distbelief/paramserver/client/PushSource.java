package org.distbelief.paramserver.client;

/**
 * Whose pushes are numbered together.
 *
 * @param replica model replica
 * @param partition partition of the model
 * @param incarnation which life of that partition's process pushes; a later process has a higher one
 */
public record PushSource(int replica, int partition, long incarnation) {}
