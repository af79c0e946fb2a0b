package org.distbelief.container.coordinator;

import org.distbelief.paramserver.VectorName;

/**
 * What the replicas compute now.
 *
 * @param id its name; whatever a replica has of another one is void
 * @param point the vector of parameters at which loss and gradient are wanted; it does not change meanwhile
 * @param noise seeds what layers such as dropout draw: with the portion and the mini-batch's place in it, nothing else
 */
public record BatchOrder(BatchId id, VectorName point, long noise) {}
