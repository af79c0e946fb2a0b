package org.distbelief.conf;

/** The distributed optimisers. */
public enum Optimiser {
    /** Asynchronous stochastic gradient descent (paper, section 4.1). */
    DOWNPOUR,
    /** Batch L-BFGS (paper, section 4.2). */
    SANDBLASTER
}
