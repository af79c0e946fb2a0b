package org.distbelief.ingest.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.distbelief.ingest.raw.BadInputException;
import org.distbelief.ingest.raw.BadReason;
import org.distbelief.ingest.raw.FileRoles;
import org.distbelief.ingest.raw.RawEntries;
import org.jspecify.annotations.Nullable;

/** A directory with all below it, or a single file. */
final class FolderSource implements InputSource {
    private static final int MAX_DEPTH = 32;

    /**
     * A file below the folder.
     *
     * @param name relative to the folder
     */
    record Found(String name, Path path, long length) {}

    private final FileSystem fileSystem;
    private final Path path;
    private final boolean local;
    private final String prefix;
    private final List<Found> files;
    private final long bytes;
    private double fraction;

    private FolderSource(FileSystem fileSystem, Path path, boolean local, String prefix, List<Found> files) {
        this.fileSystem = fileSystem;
        this.path = path;
        this.local = local;
        this.prefix = prefix;
        this.files = files;
        this.bytes = files.stream().mapToLong(Found::length).sum();
    }

    /** Lists a directory or a single file. */
    static FolderSource list(FileSystem fileSystem, FileStatus root, boolean local, String prefix) throws IOException {
        List<Found> files = new ArrayList<>();
        if (root.isDirectory()) {
            collect(fileSystem, root.getPath(), "", 0, files);
        } else {
            files.add(new Found(root.getPath().getName(), root.getPath(), root.getLen()));
        }
        files.sort(Comparator.comparing(Found::name));
        return new FolderSource(fileSystem, root.getPath(), local, prefix, files);
    }

    private static void collect(FileSystem fileSystem, Path folder, String name, int depth, List<Found> files)
            throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IOException(folder + ": expected at most " + MAX_DEPTH
                    + " folders inside each other; does a link lead back to a folder above it?");
        }
        for (FileStatus status : fileSystem.listStatus(folder)) {
            String child = name + status.getPath().getName();
            if (status.isDirectory()) {
                collect(fileSystem, status.getPath(), child + "/", depth + 1, files);
            } else {
                files.add(new Found(child, status.getPath(), status.getLen()));
            }
        }
    }

    /** All files, sorted. */
    List<Found> files() {
        return files;
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
        return () -> new Entries(files);
    }

    /** The files with every label file directly before its recording. */
    RawEntries.Source labelsFirst(FileRoles roles) {
        return () -> new Entries(files.stream()
                .sorted(Comparator.comparing((Found f) -> FileRoles.base(f.name()))
                        .thenComparing(f -> roles.of(f.name()) == FileRoles.Role.LABELS ? 0 : 1)
                        .thenComparing(Found::name))
                .toList());
    }

    @Override
    public double fractionRead() {
        return fraction;
    }

    private final class Entries implements RawEntries {
        private final List<Found> ordered;
        private int at;

        Entries(List<Found> ordered) {
            this.ordered = ordered;
        }

        @Override
        public @Nullable Entry next() {
            fraction = ordered.isEmpty() ? 1 : (double) at / ordered.size();
            return at == ordered.size() ? null : new FileEntry(ordered.get(at++));
        }

        @Override
        public void close() {}
    }

    private final class FileEntry implements RawEntries.Entry {
        private final Found file;

        FileEntry(Found file) {
            this.file = file;
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public boolean plainFile() {
            return true;
        }

        @Override
        public long length() {
            return file.length();
        }

        @Override
        public byte[] read() throws IOException, BadInputException {
            try (FSDataInputStream in = fileSystem.open(file.path())) {
                return in.readNBytes(Math.toIntExact(file.length()));
            } catch (AccessControlException e) {
                throw new BadInputException(BadReason.UNREADABLE, "no permission to read it", e);
            } catch (FileNotFoundException e) {
                throw new BadInputException(BadReason.UNREADABLE, String.valueOf(e.getMessage()), e);
            }
        }
    }
}
