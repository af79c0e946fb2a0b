package org.distbelief.appmaster.yarn;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The files that Hadoop's option {@code -files} names, which every process of the job gets. */
public final class ExtraFiles {
    /** Where the client leaves the uploaded files' places for the ApplicationMaster. */
    public static final String KEY = "distbelief.files";

    private ExtraFiles() {}

    /** By the name under which a process finds them. */
    public static Map<String, Path> of(Configuration conf) {
        Map<String, Path> files = new LinkedHashMap<>();
        for (String file : conf.getTrimmedStringCollection(KEY)) {
            Path path = new Path(file);
            files.put(path.getName(), path);
        }
        return files;
    }
}
