package org.distbelief.container.plan;

/** How a layer is cut over the partitions of a replica. */
public enum LayerCut {
    /** One partition computes all of it. */
    WHOLE,
    /** Each partition has a box of places, with all maps. */
    SPACE,
    /** Each partition has some of the units or maps, at all places. */
    UNITS,
    /** Each partition makes sums of products of the inputs that it has, for all units. */
    INPUTS
}
