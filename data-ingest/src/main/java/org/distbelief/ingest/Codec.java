package org.distbelief.ingest;

import java.util.Arrays;
import java.util.Locale;

/** How the blocks of the data set's files are compressed. */
public enum Codec {
    /** Not at all: fastest to read. */
    NULL,
    /** Fast to write and read; pixels shrink well. */
    SNAPPY,
    /** Smallest and slowest. */
    DEFLATE;

    /** By name, in any case. */
    public static Codec parse(String name) {
        return Arrays.stream(values())
                .filter(codec -> codec.avroName().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("codec: expected null, snappy or deflate, found '" + name + "'"));
    }

    /** Avro's name for it. */
    public String avroName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
