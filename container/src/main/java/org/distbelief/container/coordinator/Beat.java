package org.distbelief.container.coordinator;

import java.util.Optional;

/**
 * A replica's sign of life while it computes or pushes, several times a second. Changes nothing.
 *
 * @param replica number of the model replica
 * @param incarnation which life of it
 * @param batch what it works on
 * @param working the portion that it computes
 */
public record Beat(int replica, long incarnation, Optional<BatchId> batch, Optional<Integer> working) {}
