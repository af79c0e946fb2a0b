package org.distbelief.container.coordinator;

import org.distbelief.paramserver.VectorName;

/**
 * Has a replica push its bundle: all the portions whose gradients it has added up.
 *
 * @param number of the push within the coordinator's term; no other replica gets the same
 * @param into the vector that it is for; all 0, and for this push alone. Where it has gone, the bundle is void
 */
public record PushOrder(long number, VectorName into) {}
