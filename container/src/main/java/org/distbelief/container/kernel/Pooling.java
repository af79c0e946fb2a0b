package org.distbelief.container.kernel;

/** What a pooling layer makes of the pixels of a window. */
public enum Pooling {
    /** The greatest one; its gradient goes to the first of equal ones, row by row. */
    MAX,
    /** Their mean. */
    AVERAGE,
    /** The root of the sum of their squares; where it is 0, so is its gradient. */
    L2
}
