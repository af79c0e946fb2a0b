package org.distbelief.dataset;

/**
 * One Avro container file of a split.
 *
 * @param file file name, relative to the data set's directory
 * @param bytes length of the file
 * @param records number of Avro records in it
 * @param examples labelled frames or images in it
 */
public record DataFile(String file, long bytes, long records, long examples) {
    /** Checks the ranges. */
    public DataFile {
        requirePlainName(file);
        if (bytes < 0 || records < 0 || examples < 0) {
            throw new IllegalArgumentException("a file's counts cannot be negative, found bytes=" + bytes + ", records="
                    + records + ", examples=" + examples);
        }
    }

    /** A name from a manifest must not lead out of the data set's directory. */
    static void requirePlainName(String file) {
        if (file.isEmpty() || file.startsWith(".") || file.contains("/") || file.contains("\\") || file.contains(":")) {
            throw new IllegalArgumentException(
                    "expected the plain name of a file in the data set's directory, found '" + file + "'");
        }
    }
}
