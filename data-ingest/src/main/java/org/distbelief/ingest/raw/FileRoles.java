package org.distbelief.ingest.raw;

import java.util.List;
import org.distbelief.dataset.DatasetKind;

/** Says from a file's name what it is to an ingest. */
public final class FileRoles {
    /** What a file is to an ingest. */
    public enum Role {
        /** Raw data of the kind ingested. */
        RAW,
        /** Labels of a recording of the same name. */
        LABELS,
        /** Anything else. */
        OTHER
    }

    private final RawFormats formats;
    private final DatasetKind kind;
    private final List<String> labelExtensions;

    /**
     * For one kind of data.
     *
     * @param labelExtensions empty if labels do not come from files
     */
    public FileRoles(RawFormats formats, DatasetKind kind, List<String> labelExtensions) {
        this.formats = formats;
        this.kind = kind;
        this.labelExtensions = List.copyOf(labelExtensions);
    }

    /** Whether labels come from files. */
    public boolean usesLabelFiles() {
        return !labelExtensions.isEmpty();
    }

    /** What this file is. */
    public Role of(String path) {
        if (formats.ofPath(path).filter(f -> f.kind() == kind).isPresent()) {
            return Role.RAW;
        }
        return labelRank(path) < labelExtensions.size() && !hidden(path) ? Role.LABELS : Role.OTHER;
    }

    /** The path without its extension: what a recording and its label file have in common. */
    public static String base(String path) {
        int dot = path.lastIndexOf('.');
        return dot > path.lastIndexOf('/') ? path.substring(0, dot) : path;
    }

    /** Of several label files beside one recording the one with the lowest rank counts. */
    public int labelRank(String path) {
        int rank = labelExtensions.indexOf(RawFormats.extension(path));
        return rank < 0 ? labelExtensions.size() : rank;
    }

    private static boolean hidden(String path) {
        return path.substring(path.lastIndexOf('/') + 1).startsWith(".");
    }
}
