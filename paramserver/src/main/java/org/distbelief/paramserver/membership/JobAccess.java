package org.distbelief.paramserver.membership;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.apache.curator.framework.AuthInfo;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.distbelief.paramserver.security.JobSecret;

/**
 * Who may do what with a job's nodes: everything, for those who know the password that is made from the job's secret,
 * and nothing for others. The password travels in the clear to ZooKeeper, as all of its scheme {@code digest} do, and
 * does not give the secret away. The nodes above the job's are shared: there anyone may read, make and delete, but not
 * change the rights.
 */
final class JobAccess implements ACLProvider {
    private static final String SCHEME = "digest";
    private static final String USER = "distbelief";
    // ZooKeeper looks for null in it, which a list of List.of does not bear.
    private static final List<ACL> SHARED = Collections.singletonList(
            new ACL(ZooDefs.Perms.READ | ZooDefs.Perms.CREATE | ZooDefs.Perms.DELETE, ZooDefs.Ids.ANYONE_ID_UNSAFE));

    private final String base;
    private final String password;

    JobAccess(String base, JobSecret secret) {
        this.base = base;
        this.password = secret.key(JobSecret.Use.ZOOKEEPER);
    }

    /** What a session shows to ZooKeeper. */
    List<AuthInfo> credentials() {
        return List.of(new AuthInfo(SCHEME, (USER + ":" + password).getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public List<ACL> getDefaultAcl() {
        return ZooDefs.Ids.CREATOR_ALL_ACL;
    }

    @Override
    public List<ACL> getAclForPath(String path) {
        return path.equals(base) || path.startsWith(base + "/") ? ZooDefs.Ids.CREATOR_ALL_ACL : SHARED;
    }
}
