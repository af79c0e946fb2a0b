package org.distbelief.appmaster.local;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;

/** The directories of HDFS that users, YARN and MapReduce expect. */
final class HdfsHome {
    private static final short OPEN = 01777;
    private static final short SHARED = 0755;
    private static final short OWN = 0750;

    private final Configuration configuration;
    private final String user;

    HdfsHome(Configuration configuration, String user) {
        this.configuration = configuration;
        this.user = user;
    }

    /** Makes those that are missing; the owner of the cluster owns them. */
    void prepare() throws IOException {
        try (FileSystem hdfs = FileSystem.newInstance(configuration)) {
            make(hdfs, "/tmp", OPEN);
            make(hdfs, "/tmp/logs", OPEN);
            make(hdfs, "/tmp/hadoop-yarn", SHARED);
            make(hdfs, "/tmp/hadoop-yarn/history", SHARED);
            make(hdfs, "/tmp/hadoop-yarn/history/done_intermediate", OPEN);
            make(hdfs, "/tmp/hadoop-yarn/history/done", OWN);
            make(hdfs, "/user", OPEN);
            make(hdfs, "/user/" + user, SHARED);
        }
    }

    private static void make(FileSystem hdfs, String directory, short mode) throws IOException {
        Path path = new Path(directory);
        if (!hdfs.exists(path)) {
            hdfs.mkdirs(path);
            hdfs.setPermission(path, new FsPermission(mode));
        }
    }
}
