package org.distbelief.ingest.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.security.AccessControlException;
import org.distbelief.ingest.IngestException;
import org.distbelief.ingest.raw.TarEntries;
import org.jspecify.annotations.Nullable;

/**
 * Finds the user's inputs: first on the file system that the path names (or the default one), then, for a path without
 * scheme, on this machine.
 */
final class InputResolver {
    private final Configuration configuration;

    InputResolver(Configuration configuration) {
        this.configuration = configuration;
    }

    /** All inputs, found and listed, in the order given. */
    List<InputSource> resolve(List<String> inputs) throws IngestException, IOException {
        Set<String> names = new HashSet<>();
        List<InputSource> sources = new ArrayList<>();
        for (String input : inputs) {
            String prefix = "";
            if (inputs.size() > 1) {
                String name = new Path(input).getName();
                for (int copy = 2; !names.add(name); copy++) {
                    name = new Path(input).getName() + "~" + copy;
                }
                prefix = name + "/";
            }
            sources.add(find(input, prefix));
        }
        return sources;
    }

    private InputSource find(String input, String prefix) throws IngestException, IOException {
        Path path;
        try {
            path = new Path(input);
        } catch (IllegalArgumentException e) {
            throw new IngestException("input: expected a path, found '" + input + "': " + e.getMessage(), e);
        }
        FileSystem fileSystem = path.getFileSystem(configuration);
        try {
            FileStatus status = status(fileSystem, path);
            boolean local = fileSystem.getUri().getScheme().equals("file");
            if (status == null && path.toUri().getScheme() == null && !local) {
                fileSystem = FileSystem.getLocal(configuration);
                status = status(fileSystem, path);
                local = true;
            }
            if (status == null) {
                throw new IngestException(notFound(path, fileSystem));
            }
            return open(local ? raw(fileSystem) : fileSystem, status, local, prefix);
        } catch (AccessControlException e) {
            throw new IngestException("input: no permission to read '" + input + "': " + e.getMessage(), e);
        }
    }

    private static InputSource open(FileSystem fileSystem, FileStatus status, boolean local, String prefix)
            throws IOException {
        if (status.isFile() && TarEntries.isArchive(status.getPath().getName())) {
            return new ArchiveSource(fileSystem, status.getPath(), local, prefix, status.getLen());
        }
        return FolderSource.list(fileSystem, status, local, prefix);
    }

    private String notFound(Path path, FileSystem lookedAt) throws IOException {
        FileSystem standard = FileSystem.get(configuration);
        boolean both = path.toUri().getScheme() == null
                && !standard.getUri().getScheme().equals("file");
        return "no such input: expected a directory, a file or an archive (.tar, .tar.gz, .tgz), found nothing at "
                + (both
                        ? standard.makeQualified(path) + ", nor on this machine at "
                                + lookedAt.makeQualified(path).toUri().getPath()
                        : lookedAt.makeQualified(path));
    }

    private static @Nullable FileStatus status(FileSystem fileSystem, Path path) throws IOException {
        try {
            return fileSystem.getFileStatus(path);
        } catch (FileNotFoundException e) {
            return null;
        }
    }

    /** Without checksum files. */
    private FileSystem raw(FileSystem local) throws IOException {
        if (local instanceof RawLocalFileSystem) {
            return local;
        }
        return FileSystem.getLocal(configuration).getRawFileSystem();
    }
}
