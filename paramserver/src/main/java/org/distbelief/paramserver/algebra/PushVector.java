package org.distbelief.paramserver.algebra;

import org.distbelief.paramserver.VectorName;

/**
 * Vectors that replicas push into, each made for one push by a coordinator's program. They are worth nothing to its
 * successor: the first program of a later term has shards free them.
 */
public final class PushVector {
    private static final String PREFIX = "push-";

    private PushVector() {}

    /**
     * The name of one; no other push has the same.
     *
     * @param term of the coordinator that makes it
     * @param number of the push within the term
     */
    public static VectorName name(long term, long number) {
        return new VectorName(PREFIX + term + "-" + number);
    }

    /** Whether a vector is one, by its name. */
    public static boolean is(VectorName name) {
        return name.value().startsWith(PREFIX);
    }
}
