package org.distbelief.paramserver.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.ShardException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a shard does with requests that are well formed and make little sense. */
@Timeout(60)
class ShardServiceTest {
    private final List<VectorName> saved = new ArrayList<>();
    private ThriftServer server;
    private ShardClient client;

    @BeforeEach
    void start() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        ParameterShard shard = new ParameterShard(0, 1, RangeSet.of(0, 10), new Sgd(1), Duration.ofSeconds(5));
        ShardService service = new ShardService(shard, (s, directory, vectors) -> {
            saved.addAll(vectors);
            throw new IOException("cannot write to " + new Path(directory));
        });
        server = new ThriftServer("test", loopback, 0, service.methods(), WireLimits.standard(), WireSecurity.none());
        server.start();
        client = new ThriftShardClient(
                new ShardAddress(0, loopback.getHostAddress(), server.address().getPort(), 1),
                WireLimits.standard(),
                WireSecurity.none());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private void assertNotSaved(String directory, List<VectorName> vectors, String reason) {
        assertThatThrownBy(() -> client.save(directory, vectors))
                .isInstanceOfSatisfying(
                        ShardException.class, e -> assertThat(e.kind()).isEqualTo(ShardException.Kind.SAVE_FAILED))
                .hasMessageContaining(reason);
    }

    @Test
    void aVectorThatIsNamedManyTimesIsSavedOnce() {
        assertNotSaved("somewhere", Collections.nCopies(100_000, VectorName.PARAMETERS), "cannot write to somewhere");
        assertThat(saved).containsExactly(VectorName.PARAMETERS);
    }

    @Test
    void aDirectoryThatIsNoneIsRefusedAndTheConnectionGoesOn() throws Exception {
        assertNotSaved("", List.of(VectorName.PARAMETERS), "empty string");
        assertNotSaved("a:b", List.of(VectorName.PARAMETERS), "a:b");
        assertThat(client.status().parameters()).isEqualTo(10);
    }
}
