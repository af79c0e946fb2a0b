package org.distbelief.paramserver.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.PushSource;
import org.distbelief.paramserver.client.Pushes;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.rule.Adagrad;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.ParameterShard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Floats that travel in 16 bits, over real connections. */
@Timeout(60)
class EncodedPayloadTest {
    private static final int SIZE = 700_000;
    private static final RangeSet ALL = RangeSet.of(0, SIZE);
    private static final RangeSet SOME = RangeSet.of(List.of(new Range(3, 4), new Range(100_001, 650_000)));

    private final InetAddress loopback = InetAddress.getLoopbackAddress();
    private final ParameterShard shard = new ParameterShard(0, 1, ALL, new Sgd(1), Duration.ofSeconds(5));
    private final ThriftServer server;

    EncodedPayloadTest() throws Exception {
        ShardService service = new ShardService(shard, (saved, directory, vectors) -> {
            throw new UnsupportedOperationException();
        });
        server = new ThriftServer("test", loopback, 0, service.methods(), WireLimits.standard(), WireSecurity.none());
    }

    @BeforeEach
    void serve() {
        server.start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private ShardAddress address() {
        return new ShardAddress(0, loopback.getHostAddress(), server.address().getPort(), 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void parametersAndGradientsArriveRounded(Encoding encoding) throws Exception {
        double precision = encoding == Encoding.BFLOAT16 ? 0x1p-8 : 0x1p-11;
        ContiguousParameterBuffer gradient = new ContiguousParameterBuffer(SIZE);
        for (int i = 0; i < SIZE; i++) {
            gradient.set(i, (i % 1000 - 500) * 1e-2f);
        }
        ContiguousParameterBuffer exact = new ContiguousParameterBuffer(SIZE);
        ContiguousParameterBuffer rounded = new ContiguousParameterBuffer(SIZE);
        try (ShardedParameters parameters = new ShardedParameters(
                        new ShardMap(List.of(ALL)),
                        (index, bound) -> address(),
                        ThriftShardClient.connector(WireLimits.standard(), WireSecurity.none(), encoding),
                        Duration.ofSeconds(20));
                Pushes pushes = parameters.encodedPushes(
                        new PushSource(0, 0, 1), encoding, new ContiguousParameterBuffer(SIZE))) {
            pushes.push(SOME, gradient, new long[1]);
            assertThat(parameters.fetch(ALL, rounded)).containsExactly(1);
        }
        assertThat(shard.status().counters().bytesIn()).isEqualTo(encoding.bytes(SOME.size()));
        assertThat(shard.status().counters().bytesOut()).isEqualTo(encoding.bytes(SIZE));
        try (ThriftShardClient client = new ThriftShardClient(address(), WireLimits.standard(), WireSecurity.none())) {
            client.fetch(VectorName.PARAMETERS, ALL, exact);
        }
        for (int i = 0; i < SIZE; i++) {
            double sent = SOME.contains(i) ? -gradient.get(i) : 0;
            if (Math.abs(exact.get(i) - sent) > Math.abs(sent) * precision || rounded.get(i) != exact.get(i)) {
                assertThat((double) exact.get(i)).as("parameter %d", i).isCloseTo(sent, within(0.0));
                assertThat(rounded.get(i))
                        .as("a number that was rounded before, %d", i)
                        .isEqualTo(exact.get(i));
            }
        }
    }

    @Test
    void aVectorIsOverwrittenAsItIs() throws Exception {
        ContiguousParameterBuffer values = new ContiguousParameterBuffer(SIZE);
        for (int i = 0; i < SIZE; i++) {
            values.set(i, i + 0.1f);
        }
        ContiguousParameterBuffer found = new ContiguousParameterBuffer(SIZE);
        try (ThriftShardClient client = new ThriftShardClient(address(), WireLimits.standard(), WireSecurity.none())) {
            client.ping();
            client.store(VectorName.PARAMETERS, SOME, values);
            client.fetch(VectorName.PARAMETERS, ALL, found);
            for (int i = 0; i < SIZE; i++) {
                float expected = SOME.contains(i) ? values.get(i) : 0;
                if (found.get(i) != expected) {
                    assertThat(found.get(i)).as("parameter %d", i).isEqualTo(expected);
                }
            }
            assertThatThrownBy(() -> client.store(Adagrad.SQUARES, SOME, values))
                    .hasMessageContaining("expected one of the vectors [parameters]");
            client.ping();
        }
    }
}
