package org.distbelief.paramserver.hdfs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.shard.VectorBank;
import org.distbelief.paramserver.shard.VectorReader;
import org.distbelief.paramserver.storage.Slice;

/** Streams vectors into a file, slice by slice, each with its checksum. */
final class SliceWriter {
    private final VectorBank bank;
    private final OutputStream out;
    private final List<Slice> slices = new ArrayList<>();
    private final ByteBuffer buffer =
            ByteBuffer.allocate(VectorBank.CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long offset;

    SliceWriter(VectorBank bank, OutputStream out) {
        this.bank = bank;
        this.out = out;
    }

    void write(VectorName vector) throws IOException {
        for (Range range : bank.ranges()) {
            for (long start = range.start(); start < range.end(); start += Slice.FLOATS) {
                slice(vector, start, Math.min(start + Slice.FLOATS, range.end()));
            }
        }
    }

    private void slice(VectorName vector, long start, long end) throws IOException {
        CRC32C checksum = new CRC32C();
        VectorReader reader = bank.reader(vector, RangeSet.of(start, end));
        while (!reader.finished()) {
            buffer.clear();
            reader.next(buffer::put);
            checksum.update(buffer.array(), 0, buffer.position());
            out.write(buffer.array(), 0, buffer.position());
        }
        Slice slice = new Slice(vector, start, end, offset, hex(checksum));
        slices.add(slice);
        offset += slice.bytes();
    }

    static String hex(CRC32C checksum) {
        return HexFormat.of().toHexDigits((int) checksum.getValue());
    }

    List<Slice> slices() {
        return slices;
    }

    /** Bytes written. */
    long bytes() {
        return offset;
    }
}
