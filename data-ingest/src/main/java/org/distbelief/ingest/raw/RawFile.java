package org.distbelief.ingest.raw;

/** A file as found: its path, relative to the input and with forward slashes, and its bytes, which nobody changes. */
public final class RawFile {
    private final String path;
    private final byte[] content;

    /** Takes over the array. */
    public RawFile(String path, byte[] content) {
        this.path = path;
        this.content = content;
    }

    /** Relative to the input. */
    public String path() {
        return path;
    }

    /** The bytes themselves, not a copy. */
    public byte[] content() {
        return content;
    }

    /** The part of the path after the last slash. */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
