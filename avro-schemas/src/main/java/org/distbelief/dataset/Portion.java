package org.distbelief.dataset;

/**
 * A piece of one split that a model replica leases as a whole (section 4.2 of the paper): consecutive records of one
 * file.
 *
 * @param id number of the portion in its split, counted from 0 without gaps
 * @param file file name, relative to the data set's directory
 * @param offset position of an Avro sync point, in bytes from the start of the file
 * @param length bytes from {@code offset} to the end of the portion's last block
 * @param records number of Avro records, at least 1
 * @param examples labelled frames or images in those records
 */
public record Portion(int id, String file, long offset, long length, int records, long examples) {
    /** Checks the ranges. */
    public Portion {
        if (id < 0 || offset < 0 || length <= 0 || records < 1 || examples < 0) {
            throw new IllegalArgumentException("a portion needs id >= 0, offset >= 0, length > 0, records >= 1 and"
                    + " examples >= 0, found id=" + id + ", offset=" + offset + ", length=" + length + ", records="
                    + records + ", examples=" + examples);
        }
        DataFile.requirePlainName(file);
    }
}
