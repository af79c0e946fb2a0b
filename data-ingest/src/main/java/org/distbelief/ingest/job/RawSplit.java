package org.distbelief.ingest.job;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Objects;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.mapreduce.InputSplit;
import org.jspecify.annotations.Nullable;

/** What one mapper reads: an archive, or some lines of a list file. */
final class RawSplit extends InputSplit implements Writable {
    /**
     * The split itself, as it is planned by the client.
     *
     * @param bytes of raw data, about; larger splits are started first
     * @param prefix put before the path of every file of an archive
     */
    record Part(Type type, String uri, long from, long to, long bytes, String prefix) {}

    /** What the split's file is. */
    enum Type {
        /** Lines of {@link ListedItem}, bytes {@code from} to {@code to} of the file. */
        LIST,
        /** An archive of the user's, in which label files may lie anywhere. */
        ARCHIVE,
        /** An archive packed by the client, with label files before their recordings. */
        PACKED
    }

    private @Nullable Part part;

    /** For Hadoop, which fills it by {@link #readFields}. */
    @SuppressWarnings("unused")
    RawSplit() {}

    RawSplit(Part part) {
        this.part = part;
    }

    Part part() {
        return Objects.requireNonNull(part);
    }

    @Override
    public long getLength() {
        return part().bytes();
    }

    @Override
    public String[] getLocations() {
        return new String[0];
    }

    @Override
    public void write(DataOutput out) throws IOException {
        Text.writeString(out, new JsonForm<>(Part.class).write(part()));
    }

    @Override
    public void readFields(DataInput in) throws IOException {
        part = new JsonForm<>(Part.class).read(Text.readString(in), "input split");
    }

    @Override
    public String toString() {
        return part == null ? "empty" : part.type() + " " + part.uri() + " " + part.from() + "-" + part.to();
    }
}
