package org.distbelief.paramserver.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.storage.AppliedPushes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client in Python speaks with a shard: Thrift's stock library and the code that Thrift's compiler makes of our IDL.
 * Needs the programs {@code thrift} and {@code python3} and Python's library of Thrift (Debian: thrift-compiler,
 * python3-thrift); is skipped where they are missing.
 */
@Timeout(120)
class StockClientTest {
    private static final int SIZE = 10_000;
    private static final long GENERATION = 4;
    private static final Path IDL = Path.of("src/main/thrift/paramserver.thrift");
    private static final Path SCRIPTS = Path.of("src/test/resources/python");

    private final JobSecret secret = JobSecret.random(new SecureRandom());
    private final ParameterShard shard =
            new ParameterShard(2, GENERATION, RangeSet.of(0, SIZE), new Sgd(1), Duration.ofSeconds(5));
    private final AtomicInteger requests = new AtomicInteger();
    private final InetAddress loopback = InetAddress.getLoopbackAddress();

    @TempDir
    private Path temp;

    private ThriftServer server;
    private String python;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(
                runs(List.of("thrift", "--version")),
                "the Thrift compiler is missing (Debian: thrift-compiler): no client of another language was tried");
        python = Stream.of("python3", "/usr/bin/python3")
                .filter(program -> runs(List.of(program, "-c", "import thrift")))
                .findFirst()
                .orElse("");
        assumeTrue(
                !python.isEmpty(),
                "python3 or its Thrift library is missing (Debian: python3-thrift): no client of another language was"
                        + " tried");
        assertThat(run("", List.of("thrift", "--gen", "py", "-out", temp.toString(), IDL.toString())))
                .isEmpty();
        WireMethods methods = new ShardService(shard, (s, directory, vectors) -> {
                    throw new IOException("not here");
                })
                .methods();
        server = new ThriftServer(
                "test",
                loopback,
                0,
                (in, out) -> {
                    requests.incrementAndGet();
                    methods.process(in, out);
                },
                WireLimits.standard(),
                WireSecurity.of(secret));
        server.start();
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static boolean runs(List<String> command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String run(String input, List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(temp, "output", "");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().write((input + "\n").getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().close();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly();
        String text = Files.readString(output);
        assertThat(ended).as("%s: %s", command, text).isTrue();
        assertThat(process.exitValue()).as("%s: %s", command, text).isZero();
        return text;
    }

    private List<String> client(String task, String secretDigits) throws Exception {
        return run(
                        secretDigits,
                        List.of(
                                python,
                                "-B",
                                SCRIPTS.resolve("stock_client.py").toString(),
                                task,
                                temp.toString(),
                                loopback.getHostAddress(),
                                Integer.toString(server.address().getPort()),
                                Long.toString(GENERATION)))
                .lines()
                .toList();
    }

    private static String digits(JobSecret of) {
        return HexFormat.of().formatHex(of.bytes());
    }

    @Test
    void whatAPythonClientPushesItFetchesAndOurClientSees() throws Exception {
        assertThat(client("exchange", digits(secret)))
                .containsExactly(
                        "ping None",
                        "status 2 4 10000 0",
                        "push 1 0 False",
                        "push 1 0 True",
                        "fetch 1 -1.5 2.0 -0.25",
                        "refused STALE_GENERATION",
                        "status (3, 1, 1)");
        try (ShardClient ours = new ThriftShardClient(
                new ShardAddress(2, loopback.getHostAddress(), server.address().getPort(), GENERATION),
                WireLimits.standard(),
                WireSecurity.of(secret))) {
            ContiguousParameterBuffer values = new ContiguousParameterBuffer(SIZE);
            assertThat(ours.fetch(VectorName.PARAMETERS, RangeSet.of(0, SIZE), values))
                    .isEqualTo(1);
            assertThat(List.of(values.get(4), values.get(5), values.get(9998), values.get(9999)))
                    .containsExactly(0f, -1.5f, 2f, -0.25f);
            assertThat(ours.status().pushes()).containsExactly(new AppliedPushes(3, 0, 1, 1, 1));
        }
    }

    @Test
    void withoutTheSecretNoCallIsServed() throws Exception {
        assertRefused(client("refused", digits(JobSecret.random(new SecureRandom()))), "know the secret of this job");
        assertRefused(client("refused", ""), "");
        assertThat(requests).as("requests that were read").hasValue(0);
        assertThat(shard.version()).isZero();
    }

    private static void assertRefused(List<String> calls, String reason) {
        assertThat(calls)
                .hasSize(6)
                .allSatisfy(call -> assertThat(call).contains(" refused: ").contains(reason))
                .extracting(call -> call.substring(0, call.indexOf(' ')))
                .containsExactly("ping", "status", "fetch", "push", "store", "save");
    }
}
