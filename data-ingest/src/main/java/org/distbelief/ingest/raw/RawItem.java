package org.distbelief.ingest.raw;

import org.jspecify.annotations.Nullable;

/** What became of one file of the input. */
public sealed interface RawItem {
    /** Relative to the input. */
    String path();

    /** A raw file to be decoded, with the label file beside it if there is one. */
    record Present(RawFile file, @Nullable RawFile labels) implements RawItem {
        @Override
        public String path() {
            return file.path();
        }
    }

    /** A raw file that cannot be used: counted and listed. */
    record Rejected(String path, BadReason reason, String detail) implements RawItem {}

    /** A file that is neither raw data nor labels: listed. */
    record Ignored(String path, String detail) implements RawItem {}
}
