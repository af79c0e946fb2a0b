package org.distbelief.paramserver.rule;

import org.distbelief.paramserver.VectorName;

/**
 * A vector that an update rule keeps.
 *
 * @param name unique in the rule, not {@link VectorName#PARAMETERS}
 * @param initial the value that every element has at first
 */
public record StateVector(VectorName name, float initial) {}
