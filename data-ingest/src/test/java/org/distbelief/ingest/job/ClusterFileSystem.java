package org.distbelief.ingest.job;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.security.AccessControlException;

/** Local files under a scheme of their own: to the ingest they lie on a cluster. Folders called "forbidden" are. */
public final class ClusterFileSystem extends RawLocalFileSystem {
    /** The scheme. */
    public static final String SCHEME = "cluster";

    @Override
    public URI getUri() {
        return URI.create(SCHEME + ":///");
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
        if (path.toString().contains("forbidden")) {
            throw new AccessControlException("Permission denied: user=me, access=WRITE, inode=\"" + path + "\"");
        }
        return super.mkdirs(path, permission);
    }
}
