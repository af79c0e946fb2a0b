package org.distbelief.ingest.raw;

/** Why a raw file cannot be used, in the words of counters and reports. */
public enum BadReason {
    /** No bytes at all. */
    EMPTY_FILE("empty file"),
    /** The content is not what the file's extension says. */
    WRONG_FORMAT("not what its extension says"),
    /** The content ends before its header says. */
    TRUNCATED("truncated"),
    /** The header claims what cannot be. */
    ABSURD_HEADER("absurd header"),
    /** A known format in a variant that is not read. */
    UNSUPPORTED("unsupported variant of its format"),
    /** The content is damaged. */
    DAMAGED("damaged"),
    /** A recording without samples. */
    NO_SAMPLES("no samples"),
    /** Larger than the largest raw file allowed. */
    TOO_LARGE("too large"),
    /** No label was found for it. */
    UNLABELLED("unlabelled"),
    /** Its label file cannot be understood. */
    BAD_LABELS("bad label file"),
    /** It lies in no folder named after a split. */
    NO_SPLIT("in no split's folder"),
    /** The file could not be read. */
    UNREADABLE("unreadable"),
    /** A path that leads out of the input. */
    UNSAFE_PATH("unsafe path"),
    /** The same path occurs more than once. */
    DUPLICATE("duplicate path");

    private final String text;

    BadReason(String text) {
        this.text = text;
    }

    /** For people. */
    public String text() {
        return text;
    }
}
