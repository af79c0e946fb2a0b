package org.distbelief.ingest.raw;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The files of a folder or an archive, one after the other, always in the same order. */
public interface RawEntries extends Closeable {
    /** One file. Its content can be read until the next one is asked for. */
    interface Entry {
        /** As the folder or archive has it; not yet checked. */
        String name();

        /** Whether it is a plain file; links, devices and the like are not. */
        boolean plainFile();

        /** Length in bytes as the folder or archive claims. */
        long length();

        /**
         * The whole content.
         *
         * @throws BadInputException if this one file cannot be read
         * @throws IOException if the folder or archive as a whole cannot be read any further
         */
        byte[] read() throws IOException, BadInputException;
    }

    /** How to open the same files once more. */
    @FunctionalInterface
    interface Source {
        /** The files from the first on; the caller closes them. */
        RawEntries open() throws IOException;
    }

    /** The next file, or null after the last; folders are not mentioned. */
    @Nullable
    Entry next() throws IOException;
}
