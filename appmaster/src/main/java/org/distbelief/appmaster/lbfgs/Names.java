package org.distbelief.appmaster.lbfgs;

import org.distbelief.paramserver.VectorName;

/** The vectors of an iteration: two take turns as the point, two as the gradient; a slot has a pair. */
final class Names {
    /** Where an iteration begins first. */
    static final VectorName FIRST_GRADIENT = new VectorName("gradient-0");

    private static final VectorName SECOND_GRADIENT = new VectorName("gradient-1");
    private static final VectorName TRIAL = new VectorName("trial");

    private Names() {}

    /** The other vector for a point. */
    static VectorName otherPoint(VectorName point) {
        return point.equals(TRIAL) ? VectorName.PARAMETERS : TRIAL;
    }

    /** The other vector for a gradient. */
    static VectorName otherGradient(VectorName gradient) {
        return gradient.equals(FIRST_GRADIENT) ? SECOND_GRADIENT : FIRST_GRADIENT;
    }

    /** A slot's step; while that slot is free, the direction. */
    static VectorName step(int slot) {
        return new VectorName("step-" + slot);
    }

    /** A slot's change of the gradient. */
    static VectorName change(int slot) {
        return new VectorName("change-" + slot);
    }
}
