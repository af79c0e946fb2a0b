package org.distbelief.appmaster.hdfs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The staging directory of one application, {@code .distbelief/staging/<application>} in the user's home: the job jar
 * and the files that its containers get. Only its user may read it. It is removed when the job has ended.
 */
public final class Staging {
    /** The job jar. */
    public static final String JAR = "distbelief.jar";
    /** The effective job file. */
    public static final String JOB = "job.yaml";
    /** The model's description. */
    public static final String MODEL = "model.json";
    /** Layout of the parameters over the shards. */
    public static final String SHARDS = "shards.json";
    /** What the ApplicationMaster is to do. */
    public static final String WORK = "work.json";
    /** The submitting client's Hadoop configuration, the same under the names of all of Hadoop's site files. */
    public static final List<String> SITE_FILES = List.of("core-site.xml", "hdfs-site.xml", "yarn-site.xml");

    /** Logging of the job's processes. */
    public static final String LOGGING = "log4j.properties";

    private static final FsPermission PRIVATE = new FsPermission((short) 0700);

    private final FileSystem fs;
    private final Path directory;

    private Staging(FileSystem fs, Path directory) {
        this.fs = fs;
        this.directory = directory;
    }

    /** The staging directory of an application on the default file system. */
    public static Staging of(Configuration conf, String application) throws IOException {
        FileSystem fs = FileSystem.get(conf);
        return new Staging(fs, fs.makeQualified(new Path(fs.getHomeDirectory(), ".distbelief/staging/" + application)));
    }

    /** Creates the directory, for its owner only. */
    public void create() throws IOException {
        if (!fs.mkdirs(directory, PRIVATE)) {
            throw new IOException("could not create the staging directory " + directory);
        }
        fs.setPermission(directory, PRIVATE);
    }

    /** Copies a local file. */
    public void upload(java.nio.file.Path local, String name) throws IOException {
        fs.copyFromLocalFile(false, true, new Path(local.toUri()), file(name));
    }

    /** The names that the job itself uses. */
    public static Set<String> names() {
        Set<String> names = new HashSet<>(List.of(JAR, JOB, MODEL, SHARDS, WORK, LOGGING));
        names.addAll(SITE_FILES);
        return names;
    }

    /** The name under which a process finds a file: its own, or the one behind its {@code #}. */
    public static String nameOf(Path source) {
        String fragment = source.toUri().getFragment();
        return fragment == null ? source.getName() : fragment;
    }

    /** Copies a file of any file system under its own name, or the one behind its {@code #}. */
    public Path copy(Path source) throws IOException {
        Path target = file(nameOf(source));
        FileUtil.copy(source.getFileSystem(fs.getConf()), source, fs, target, false, true, fs.getConf());
        return target;
    }

    /** Writes a small text file. */
    public void write(String name, String text) throws IOException {
        try (OutputStream out = fs.create(file(name), true)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Writes a Hadoop configuration. */
    public void write(String name, Configuration conf) throws IOException {
        try (OutputStream out = fs.create(file(name), true)) {
            conf.writeXml(out);
        }
    }

    /** A file's status, for a local resource. */
    public FileStatus status(String name) throws IOException {
        return fs.getFileStatus(file(name));
    }

    /** A file's place. */
    public Path file(String name) {
        return new Path(directory, name);
    }

    /** Removes the directory; true if it is gone. */
    public boolean delete() throws IOException {
        return fs.delete(directory, true) || !fs.exists(directory);
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
