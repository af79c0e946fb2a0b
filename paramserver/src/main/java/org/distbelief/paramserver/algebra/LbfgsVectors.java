package org.distbelief.paramserver.algebra;

import java.util.regex.Pattern;
import org.distbelief.paramserver.VectorName;

/**
 * The vectors that L-BFGS keeps from one iteration to the next besides the parameters: a trial point, two gradients,
 * and a history of steps and gradient changes.
 */
public final class LbfgsVectors {
    private static final Pattern NAMES = Pattern.compile("trial|gradient-[01]|(step|change)-[0-9]{1,9}");

    private LbfgsVectors() {}

    /** Whether a vector is one of them, by its name. */
    public static boolean has(VectorName name) {
        return NAMES.matcher(name.value()).matches();
    }
}
