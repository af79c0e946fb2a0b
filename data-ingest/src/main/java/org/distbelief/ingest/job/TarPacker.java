package org.distbelief.ingest.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.distbelief.ingest.raw.RawFile;
import org.distbelief.ingest.raw.RawItem;
import org.jspecify.annotations.Nullable;

/** Packs raw files into archives on the cluster, each of a size that suits one mapper. */
final class TarPacker {
    private final FileSystem fileSystem;
    private final Path directory;
    private final long archiveBytes;
    private final List<RawSplit.Part> parts = new ArrayList<>();
    private @Nullable TarArchiveOutputStream tar;
    private Path current;
    private long written;

    /** An archive is closed once it has {@code archiveBytes}. */
    TarPacker(FileSystem fileSystem, Path directory, long archiveBytes) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.archiveBytes = archiveBytes;
        this.current = directory;
    }

    /** Label file first, then the raw file, both in the same archive. */
    void add(RawItem.Present item) throws IOException {
        TarArchiveOutputStream open = tar == null ? open() : tar;
        if (item.labels() != null) {
            put(open, item.labels());
        }
        put(open, item.file());
        if (written >= archiveBytes) {
            closeArchive();
        }
    }

    /** Closes the last archive; together the splits hold everything that was added. */
    List<RawSplit.Part> finish() throws IOException {
        closeArchive();
        return List.copyOf(parts);
    }

    private TarArchiveOutputStream open() throws IOException {
        current = new Path(directory, "input-" + parts.size() + ".tar");
        TarArchiveOutputStream opened =
                new TarArchiveOutputStream(fileSystem.create(current, false), StandardCharsets.UTF_8.name());
        opened.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        opened.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        opened.setAddPaxHeadersForNonAsciiNames(true);
        tar = opened;
        return opened;
    }

    private void put(TarArchiveOutputStream open, RawFile file) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(file.path());
        entry.setSize(file.content().length);
        open.putArchiveEntry(entry);
        open.write(file.content());
        open.closeArchiveEntry();
        written += file.content().length + 512;
    }

    private void closeArchive() throws IOException {
        if (tar != null) {
            tar.close();
            tar = null;
            parts.add(new RawSplit.Part(RawSplit.Type.PACKED, current.toString(), 0, written, written, ""));
            written = 0;
        }
    }
}
