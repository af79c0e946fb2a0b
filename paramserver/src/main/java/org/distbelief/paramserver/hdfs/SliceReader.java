package org.distbelief.paramserver.hdfs;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.storage.SavedFile;
import org.distbelief.paramserver.storage.Slice;
import org.distbelief.paramserver.storage.VectorsIndex;

/** Reads parts of vectors from a committed directory. A slice is checked before any of it is handed on. */
final class SliceReader {
    /** Takes floats. */
    @FunctionalInterface
    interface Target {
        /** @param floats little-endian, from index {@code start} on; to be read to its limit */
        void accept(long start, ByteBuffer floats);
    }

    private final FileSystem files;
    private final Path directory;
    private final VectorsIndex index;

    SliceReader(FileSystem files, Path directory, VectorsIndex index) {
        this.files = files;
        this.directory = directory;
        this.index = index;
    }

    void read(VectorName vector, RangeSet ranges, Target target) throws IOException {
        RangeSet missing = ranges.minus(index.held(vector));
        if (!missing.isEmpty()) {
            throw new IOException(directory + ": expected " + ranges + " of vector " + vector + ", of which " + missing
                    + " is not there; it has " + index.vectors() + " over [0, " + index.parameters() + ")");
        }
        byte[] bytes = new byte[0];
        for (SavedFile file : index.files()) {
            Path path = new Path(directory, file.file());
            boolean needed = file.slices().stream()
                    .anyMatch(
                            s -> s.vector().equals(vector) && !wanted(s, ranges).isEmpty());
            if (!needed) {
                continue;
            }
            checkLength(path, file);
            try (FSDataInputStream in = files.open(path)) {
                for (Slice slice : file.slices()) {
                    RangeSet wanted = slice.vector().equals(vector) ? wanted(slice, ranges) : RangeSet.empty();
                    if (!wanted.isEmpty()) {
                        bytes = bytes.length >= slice.bytes() ? bytes : new byte[(int) slice.bytes()];
                        check(path, in, slice, bytes);
                        deliver(slice, wanted, bytes, target);
                    }
                }
            }
        }
    }

    private static RangeSet wanted(Slice slice, RangeSet ranges) {
        return ranges.intersect(RangeSet.of(slice.start(), slice.end()));
    }

    private void checkLength(Path path, SavedFile file) throws IOException {
        long found;
        try {
            found = files.getFileStatus(path).getLen();
        } catch (FileNotFoundException e) {
            throw new IOException(path + " is missing: expected " + file.bytes() + " bytes of vectors there", e);
        }
        if (found != file.bytes()) {
            throw new IOException(path + ": expected " + file.bytes() + " bytes, found " + found
                    + "; the file is damaged, use another checkpoint");
        }
    }

    private static void check(Path path, FSDataInputStream in, Slice slice, byte[] bytes) throws IOException {
        in.readFully(slice.offset(), bytes, 0, (int) slice.bytes());
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, (int) slice.bytes());
        String found = SliceWriter.hex(checksum);
        if (!found.equals(slice.crc32c())) {
            throw new IOException(path + ", offset " + slice.offset() + ", " + slice.bytes() + " bytes of vector "
                    + slice.vector() + " " + slice.range() + ": expected checksum " + slice.crc32c() + ", found "
                    + found
                    + "; the file is damaged, use another checkpoint");
        }
    }

    private static void deliver(Slice slice, RangeSet wanted, byte[] bytes, Target target) {
        for (Range range : wanted) {
            int from = (int) (range.start() - slice.start()) * Float.BYTES;
            int length = (int) range.size() * Float.BYTES;
            target.accept(
                    range.start(), ByteBuffer.wrap(bytes, from, length).slice().order(ByteOrder.LITTLE_ENDIAN));
        }
    }
}
