package org.distbelief.appmaster.roster;

import org.jspecify.annotations.Nullable;

/**
 * An allocated container.
 *
 * @param container its id
 * @param host the node that it is on
 * @param rack the node's rack; null where the cluster doesn't know its racks
 * @param logs address of its logs
 */
public record Place(String container, String host, @Nullable String rack, String logs) {}
