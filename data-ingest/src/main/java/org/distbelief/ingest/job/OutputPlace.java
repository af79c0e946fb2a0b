package org.distbelief.ingest.job;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.UserGroupInformation;
import org.distbelief.ingest.IngestException;

/**
 * The place of the output and, beside it, a working directory that only the user can read. One rename makes the output
 * appear; closing removes the working directory, whatever happened before.
 */
final class OutputPlace implements Closeable {
    private static final short OWNER_ONLY = 0700;

    private final Configuration configuration;
    private final FileSystem fileSystem;
    private final Path output;
    private final Path work;

    private OutputPlace(Configuration configuration, FileSystem fileSystem, Path output, Path work) {
        this.configuration = configuration;
        this.fileSystem = fileSystem;
        this.output = output;
        this.work = work;
    }

    /**
     * Claims a place.
     *
     * @throws IngestException if something is there already, or the user may not write there
     */
    static OutputPlace claim(Configuration configuration, String path) throws IngestException, IOException {
        Path given;
        try {
            given = new Path(path);
        } catch (IllegalArgumentException e) {
            throw new IngestException("output: expected a path, found '" + path + "': " + e.getMessage(), e);
        }
        FileSystem fileSystem = given.getFileSystem(configuration);
        Path output = fileSystem.makeQualified(given);
        try {
            if (fileSystem.exists(output)) {
                throw exists(output);
            }
            Path parent = output.getParent();
            if (parent == null) {
                throw new IngestException("output: expected a path below the root, found " + output);
            }
            fileSystem.mkdirs(parent);
            Path work = new Path(parent, "." + output.getName() + ".ingest-" + UUID.randomUUID());
            if (!fileSystem.mkdirs(work, new FsPermission(OWNER_ONLY))) {
                throw new IOException("could not make the working directory " + work);
            }
            fileSystem.deleteOnExit(work);
            return new OutputPlace(configuration, fileSystem, output, work);
        } catch (AccessControlException e) {
            throw new IngestException(
                    "output: no permission to write "
                            + output + " as user "
                            + UserGroupInformation.getCurrentUser().getShortUserName() + ": " + firstLine(e),
                    e);
        } catch (ParentNotDirectoryException | FileAlreadyExistsException e) {
            throw new IngestException("output: a file is in the way of " + output + ": " + firstLine(e), e);
        }
    }

    FileSystem fileSystem() {
        return fileSystem;
    }

    Path output() {
        return output;
    }

    /** Where the job writes; does not exist yet. */
    Path data() {
        return new Path(work, "data");
    }

    /** For what the job reads. */
    Path staging() throws IOException {
        Path staging = new Path(work, "input");
        fileSystem.mkdirs(staging, new FsPermission(OWNER_ONLY));
        return staging;
    }

    /** Makes the data directory the output, at once and as a whole. */
    void publish() throws IngestException, IOException {
        try {
            FileContext.getFileContext(output.toUri(), configuration).rename(data(), output, Options.Rename.NONE);
        } catch (FileAlreadyExistsException e) {
            throw exists(output);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            fileSystem.delete(work, true);
        } catch (FileNotFoundException e) {
            return; // gone already
        } finally {
            fileSystem.cancelDeleteOnExit(work);
        }
    }

    private static IngestException exists(Path output) {
        return new IngestException("output: " + output
                + " exists already; choose another path, or remove it first (hdfs dfs -rm -r " + output + ")");
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
