package org.distbelief.ingest.raw;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/** The files of a tar archive, plain or compressed with gzip, read as a stream. Owns the stream. */
public final class TarEntries implements RawEntries {
    private final String archive;
    private final TarArchiveInputStream tar;
    private long count;

    private TarEntries(String archive, TarArchiveInputStream tar) {
        this.archive = archive;
        this.tar = tar;
    }

    /** Whether a file's name says that it is such an archive. */
    public static boolean isArchive(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".tar") || lower.endsWith(".tar.gz") || lower.endsWith(".tgz");
    }

    /**
     * Opens an archive.
     *
     * @param archive its name, which says whether it is compressed
     * @param stream its bytes; closed with the entries, and also if this fails
     * @throws IOException if it is no such archive
     */
    public static TarEntries open(String archive, InputStream stream) throws IOException {
        try {
            InputStream buffered = new BufferedInputStream(stream, 1 << 16);
            boolean plain = archive.toLowerCase(Locale.ROOT).endsWith(".tar");
            InputStream bytes =
                    plain ? buffered : new BufferedInputStream(new GZIPInputStream(buffered, 1 << 16), 1 << 16);
            return new TarEntries(archive, new TarArchiveInputStream(bytes, StandardCharsets.UTF_8.name()));
        } catch (IOException | RuntimeException e) {
            try (stream) {
                throw new DamagedArchiveException(archive + ": not a readable archive: " + e.getMessage(), e);
            }
        }
    }

    @Override
    public @Nullable Entry next() throws IOException {
        try {
            TarArchiveEntry entry = tar.getNextEntry();
            while (entry != null && entry.isDirectory()) {
                entry = tar.getNextEntry();
            }
            count++;
            return entry == null ? null : new TarEntry(entry);
        } catch (IOException | RuntimeException e) {
            throw damaged("after " + count + " files", e);
        }
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }

    private DamagedArchiveException damaged(String where, Exception e) {
        return new DamagedArchiveException(
                archive + ": the archive is damaged or cut off " + where + ": " + e.getMessage(), e);
    }

    private final class TarEntry implements Entry {
        private final TarArchiveEntry entry;

        TarEntry(TarArchiveEntry entry) {
            this.entry = entry;
        }

        @Override
        public String name() {
            return entry.getName();
        }

        @Override
        public boolean plainFile() {
            return entry.isFile() && !entry.isLink() && !entry.isSymbolicLink() && !entry.isSparse();
        }

        @Override
        public long length() {
            return entry.getSize();
        }

        @Override
        public byte[] read() throws IOException {
            try {
                byte[] content = tar.readNBytes(Math.toIntExact(entry.getSize()));
                if (content.length < entry.getSize()) {
                    throw new EOFException("expected " + entry.getSize() + " bytes, found " + content.length);
                }
                return content;
            } catch (IOException | RuntimeException e) {
                throw damaged("in " + entry.getName(), e);
            }
        }
    }
}
