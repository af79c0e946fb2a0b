package org.distbelief.paramserver;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * Names one of the vectors that the shards keep, each over all of the model's parameters.
 *
 * @param value lower-case letter first, then letters, digits and hyphens
 */
public record VectorName(@JsonValue String value) implements Comparable<VectorName> {
    private static final Pattern VALID = Pattern.compile("[a-z][A-Za-z0-9-]{0,63}");

    /** The model's parameters. */
    public static final VectorName PARAMETERS = new VectorName("parameters");

    /** @throws IllegalArgumentException where the name is not of that form */
    @JsonCreator
    public VectorName {
        if (!VALID.matcher(value).matches()) {
            throw new IllegalArgumentException("expected a vector's name of up to 64 letters, digits and hyphens with a"
                    + " lower-case letter first, found '" + value + "'");
        }
    }

    @Override
    public int compareTo(VectorName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
