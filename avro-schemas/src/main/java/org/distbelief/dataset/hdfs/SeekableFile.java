package org.distbelief.dataset.hdfs;

import java.io.EOFException;
import java.io.IOException;
import org.apache.avro.file.SeekableInput;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * Lets Avro seek in a file of a Hadoop file system. Owns the stream. Remembers when the file system itself failed,
 * since Avro wraps that like a damaged file. For one thread.
 */
final class SeekableFile implements SeekableInput {
    private final FSDataInputStream stream;
    private final long length;
    private boolean failed;

    SeekableFile(FSDataInputStream stream, long length) {
        this.stream = stream;
        this.length = length;
    }

    @Override
    public void seek(long position) throws IOException {
        try {
            stream.seek(position);
        } catch (EOFException e) {
            throw e;
        } catch (IOException e) {
            failed = true;
            throw e;
        }
    }

    @Override
    public long tell() throws IOException {
        return stream.getPos();
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws IOException {
        try {
            return stream.read(buffer, offset, count);
        } catch (IOException e) {
            failed = true;
            throw e;
        }
    }

    /** Whether the file system failed, so that another try may succeed. */
    boolean failed() {
        return failed;
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
