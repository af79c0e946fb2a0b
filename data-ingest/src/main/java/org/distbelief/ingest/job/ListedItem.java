package org.distbelief.ingest.job;

import org.distbelief.ingest.raw.BadReason;
import org.jspecify.annotations.Nullable;

/**
 * One line of a list file: a file that a mapper shall read, or one that the client has already found unusable.
 *
 * @param path relative to the input
 * @param uri where the file lies; null if it is not to be read
 * @param labelPath of the label file, relative to the input; null if there is none
 * @param labelUri where the label file lies
 * @param reason why the file is bad; null if it is not, or is ignored
 * @param detail what was found, for a file that is bad or ignored
 */
record ListedItem(
        String path,
        @Nullable String uri,
        @Nullable String labelPath,
        @Nullable String labelUri,
        @Nullable BadReason reason,
        @Nullable String detail) {
    static ListedItem file(String path, String uri, @Nullable String labelPath, @Nullable String labelUri) {
        return new ListedItem(path, uri, labelPath, labelUri, null, null);
    }

    static ListedItem rejected(String path, BadReason reason, String detail) {
        return new ListedItem(path, null, null, null, reason, detail);
    }

    static ListedItem ignored(String path, String detail) {
        return new ListedItem(path, null, null, null, null, detail);
    }
}
