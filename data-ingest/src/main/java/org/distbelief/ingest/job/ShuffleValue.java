package org.distbelief.ingest.job;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.io.WritableUtils;

/** What a mapper found in one file: an encoded record, or why there is none. */
final class ShuffleValue implements Writable, Comparable<ShuffleValue> {
    /** What the value is. */
    enum Type {
        /** A record for a split. */
        RECORD('r'),
        /** A bad file. */
        BAD('b'),
        /** A file that is none of the ingest's business. */
        IGNORED('i');

        private final char code;

        Type(char code) {
            this.code = code;
        }

        private static Type of(byte code) throws IOException {
            for (Type type : values()) {
                if (type.code == code) {
                    return type;
                }
            }
            throw new IOException("expected a shuffled value of type r, b or i, found code " + code);
        }
    }

    private Type type = Type.IGNORED;
    private int split;
    private byte[] record = {};
    private String reason = "";
    private String detail = "";

    /** For Hadoop, which fills it by {@link #readFields}. */
    ShuffleValue() {}

    private ShuffleValue(Type type, int split, byte[] record, String reason, String detail) {
        this.type = type;
        this.split = split;
        this.record = record;
        this.reason = reason;
        this.detail = detail;
    }

    static ShuffleValue record(int split, byte[] record) {
        return new ShuffleValue(Type.RECORD, split, record, "", "");
    }

    static ShuffleValue bad(String reason, String detail) {
        return new ShuffleValue(Type.BAD, 0, new byte[0], reason, detail);
    }

    static ShuffleValue ignored(String detail) {
        return new ShuffleValue(Type.IGNORED, 0, new byte[0], "", detail);
    }

    Type type() {
        return type;
    }

    int split() {
        return split;
    }

    byte[] record() {
        return record;
    }

    String reason() {
        return reason;
    }

    String detail() {
        return detail;
    }

    /** A value of its own: Hadoop fills the same object again and again. */
    ShuffleValue copy() {
        return new ShuffleValue(type, split, record, reason, detail);
    }

    @Override
    public void write(DataOutput out) throws IOException {
        out.writeByte(type.code);
        if (type == Type.RECORD) {
            WritableUtils.writeVInt(out, split);
            WritableUtils.writeVInt(out, record.length);
            out.write(record);
        } else {
            WritableUtils.writeString(out, reason);
            WritableUtils.writeString(out, detail);
        }
    }

    @Override
    public void readFields(DataInput in) throws IOException {
        type = Type.of(in.readByte());
        split = 0;
        record = new byte[0];
        reason = "";
        detail = "";
        if (type == Type.RECORD) {
            split = WritableUtils.readVInt(in);
            record = new byte[WritableUtils.readVInt(in)];
            in.readFully(record);
        } else {
            reason = WritableUtils.readString(in);
            detail = WritableUtils.readString(in);
        }
    }

    @Override
    public int compareTo(ShuffleValue other) {
        int byType = type.compareTo(other.type);
        int bySplit = byType != 0 ? byType : Integer.compare(split, other.split);
        int byRecord = bySplit != 0 ? bySplit : Arrays.compare(record, other.record);
        int byReason = byRecord != 0 ? byRecord : reason.compareTo(other.reason);
        return byReason != 0 ? byReason : detail.compareTo(other.detail);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ShuffleValue value && compareTo(value) == 0;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(record) + 31 * detail.hashCode();
    }
}
