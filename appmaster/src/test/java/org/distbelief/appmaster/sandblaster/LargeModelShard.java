package org.distbelief.appmaster.sandblaster;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.time.Duration;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.Holdings;
import org.distbelief.paramserver.shard.Pacing;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.wire.ShardService;
import org.distbelief.paramserver.wire.ThriftServer;
import org.distbelief.paramserver.wire.WireLimits;

/** A process with a shard: {@code index start end vectors}. Tells its port, and ends when its input does. */
final class LargeModelShard {
    private LargeModelShard() {}

    public static void main(String[] arguments) throws IOException {
        ParameterShard shard = new ParameterShard(
                Integer.parseInt(arguments[0]),
                1,
                RangeSet.of(Long.parseLong(arguments[1]), Long.parseLong(arguments[2])),
                new Holdings(new Sgd(0), Pacing.asynchronous(), Integer.parseInt(arguments[3])),
                VersionedRate.constant(),
                Duration.ofSeconds(10),
                ShardKernels.best());
        ShardService service = new ShardService(shard, (saved, directory, vectors) -> {
            throw new IOException("nothing is saved here");
        });
        try (ThriftServer server = new ThriftServer(
                "shard",
                InetAddress.getLoopbackAddress(),
                0,
                service.methods(),
                WireLimits.standard(),
                WireSecurity.none())) {
            server.start();
            System.out.println("port " + server.address().getPort());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
