package org.distbelief.appmaster.lbfgs;

/** Why a minimisation ends. */
public enum Stop {
    /** The gradient is as short as was asked for. */
    GRADIENT,
    /** The last iteration lowered the loss by as little as was asked for. */
    LOSS,
    /** The last iteration found no lower loss, neither with the history nor along the steepest descent. */
    NO_DECREASE,
    /** All iterations are done. */
    ITERATIONS
}
