package org.distbelief.container.wire;

import java.io.IOException;
import java.net.InetSocketAddress;

/** Knows where the ApplicationMaster, or the coordinator that leads, is; it may come back elsewhere. */
@FunctionalInterface
public interface ServerDirectory {
    /**
     * Where the newest one serves. Called before every new connection.
     *
     * @return unresolved, so that the name is looked up when connecting
     * @throws IOException where there is none now, after a bounded wait
     */
    InetSocketAddress find() throws IOException, InterruptedException;
}
