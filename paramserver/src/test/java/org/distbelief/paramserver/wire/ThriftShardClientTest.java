package org.distbelief.paramserver.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.client.ShardClientContract;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.ShardSaver;
import org.junit.jupiter.api.AfterEach;

class ThriftShardClientTest extends ShardClientContract {
    private final JobSecret secret = JobSecret.random(new SecureRandom());
    private final List<ThriftServer> servers = new ArrayList<>();

    @Override
    protected ShardClient connect(ParameterShard target, ShardSaver saver, long generation) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        ThriftServer server = new ThriftServer(
                "test", loopback, 0, new ShardService(target, saver).methods(), WireLimits.standard(), security());
        servers.add(server);
        server.start();
        return new ThriftShardClient(
                new ShardAddress(
                        target.index(),
                        loopback.getHostAddress(),
                        server.address().getPort(),
                        generation),
                WireLimits.standard(),
                security());
    }

    /** Subclasses try the same with another one. */
    protected WireSecurity security() {
        return WireSecurity.of(secret);
    }

    @AfterEach
    void closeServers() {
        servers.forEach(ThriftServer::close);
    }
}
