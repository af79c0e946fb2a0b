package org.distbelief.ingest.raw;

import java.util.Set;
import org.distbelief.dataset.DatasetKind;

/**
 * A raw file format. A new one is one class with {@code @AutoService(RawFormat.class)}; it is found through
 * {@link java.util.ServiceLoader}. Instances belong to one thread and may keep scratch memory.
 */
public interface RawFormat {
    /** The format's name, for messages. */
    String name();

    /** What its files hold. */
    DatasetKind kind();

    /** Extensions of its files, lower case, without the dot. */
    Set<String> extensions();

    /** Whether the content begins as this format's files begin. Looks at the first bytes only. */
    boolean recognises(byte[] content);

    /**
     * Decodes a file. Never allocates what a header claims beyond what the content can hold.
     *
     * @param content the whole file, which the format must not change or keep
     * @throws BadInputException if the content is not a usable file of this format
     */
    RawData decode(byte[] content) throws BadInputException;
}
