package org.distbelief.ingest.job;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.hadoop.io.WritableComparable;
import org.apache.hadoop.io.WritableComparator;
import org.apache.hadoop.io.WritableUtils;

/** Where the shuffle puts a file: by a seeded hash of its path, then by the path itself. */
final class ShuffleKey implements WritableComparable<ShuffleKey> {
    private long hash;
    private String path = "";

    /** For Hadoop, which fills it by {@link #readFields}. */
    ShuffleKey() {}

    ShuffleKey(long hash, String path) {
        this.hash = hash;
        this.path = path;
    }

    long hash() {
        return hash;
    }

    String path() {
        return path;
    }

    @Override
    public void write(DataOutput out) throws IOException {
        out.writeLong(hash);
        WritableUtils.writeString(out, path);
    }

    @Override
    public void readFields(DataInput in) throws IOException {
        hash = in.readLong();
        path = WritableUtils.readString(in);
    }

    @Override
    public int compareTo(ShuffleKey other) {
        int byHash = Long.compareUnsigned(hash, other.hash);
        return byHash != 0 ? byHash : path.compareTo(other.path);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ShuffleKey key && key.hash == hash && key.path.equals(path);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(hash);
    }

    /** Compares keys as they were written, without reading them. */
    static final class RawOrder extends WritableComparator {
        private static final long serialVersionUID = 1L;

        /** For Hadoop. */
        RawOrder() {
            super(ShuffleKey.class);
        }

        @Override
        public int compare(byte[] left, int leftAt, int leftLength, byte[] right, int rightAt, int rightLength) {
            return compareBytes(left, leftAt, leftLength, right, rightAt, rightLength);
        }
    }
}
