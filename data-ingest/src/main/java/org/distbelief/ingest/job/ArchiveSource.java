package org.distbelief.ingest.job;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.distbelief.ingest.raw.RawEntries;
import org.distbelief.ingest.raw.TarEntries;
import org.jspecify.annotations.Nullable;

/** A tar archive. */
final class ArchiveSource implements InputSource {
    private final FileSystem fileSystem;
    private final Path path;
    private final boolean local;
    private final String prefix;
    private final long bytes;
    private @Nullable FSDataInputStream stream;
    private double fraction;

    ArchiveSource(FileSystem fileSystem, Path path, boolean local, String prefix, long bytes) {
        this.fileSystem = fileSystem;
        this.path = path;
        this.local = local;
        this.prefix = prefix;
        this.bytes = bytes;
    }

    @Override
    public FileSystem fileSystem() {
        return fileSystem;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public boolean local() {
        return local;
    }

    @Override
    public String prefix() {
        return prefix;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public RawEntries.Source entries() {
        return () -> {
            FSDataInputStream opened = fileSystem.open(path);
            stream = opened;
            return TarEntries.open(path.toString(), opened);
        };
    }

    @Override
    public double fractionRead() {
        try {
            if (stream != null && bytes > 0) {
                fraction = Math.min(1, (double) stream.getPos() / bytes);
            }
        } catch (IOException e) {
            return fraction; // closed meanwhile: what was known last
        }
        return fraction;
    }
}
