package org.distbelief.container.replica;

import org.distbelief.container.partition.PartitionPlan;

/**
 * The numbers by which messages are known on both sides: four for each level of a plan.
 *
 * @param layers number of layers of the plan
 */
record Tags(int layers) {
    Tags(PartitionPlan plan) {
        this(plan.layers().size());
    }

    /** States of a level's units. */
    int states(int level) {
        return 4 * level;
    }

    /** Gradient by a level's units. */
    int gradients(int level) {
        return 4 * level + 1;
    }

    /** A part of the gradient by a layer's shared parameters; the next number is that of their sum. */
    int parameters(int layer) {
        return 4 * layer + 2;
    }

    /** What the outputs tell each other for the loss. */
    int loss() {
        return 4 * (layers + 1);
    }
}
