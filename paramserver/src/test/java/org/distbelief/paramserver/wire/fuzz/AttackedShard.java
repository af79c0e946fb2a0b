package org.distbelief.paramserver.wire.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardStatus;
import org.distbelief.paramserver.wire.ThriftShardClient;
import org.distbelief.paramserver.wire.WireLimits;

/** A {@link FuzzedShard} in a process of its own, which ends itself when its heap is full, as in a job. */
final class AttackedShard implements AutoCloseable {
    private final Process process;
    private final Path folder;
    private final PrintStream to;
    private final BufferedReader from;
    private final int port;

    private AttackedShard(Process process, Path folder, JobSecret secret) throws IOException {
        this.process = process;
        this.folder = folder;
        this.to = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.from = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        to.println(HexFormat.of().formatHex(secret.bytes()));
        this.port = Integer.parseInt(line());
    }

    /** Starts one, which may save below the folder; with further options for its virtual machine. */
    static AttackedShard start(Path folder, JobSecret secret, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dlog4j.configuration=log4j-errors.properties"));
        command.addAll(List.of(options));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), FuzzedShard.class.getName(), directory(folder)));
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("errors").toFile())
                .start();
        return new AttackedShard(process, folder, secret);
    }

    private static String directory(Path folder) {
        return folder.resolve("saved").toUri().toString();
    }

    String directory() {
        return directory(folder);
    }

    InetSocketAddress socketAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    ShardAddress address() {
        return new ShardAddress(0, InetAddress.getLoopbackAddress().getHostAddress(), port, FuzzedShard.GENERATION);
    }

    /** What the process needs. */
    FuzzedShard.Usage usage() throws IOException {
        to.println("usage");
        return FuzzedShard.Usage.parse(line());
    }

    private String line() throws IOException {
        String line = from.readLine();
        if (line == null) {
            throw new IOException("the shard's process has ended: " + errors());
        }
        return line;
    }

    /** What it has said of internal errors. */
    String errors() throws IOException {
        return Files.readString(folder.resolve("errors"));
    }

    ShardStatus status(WireSecurity security) throws IOException, ShardException {
        try (ShardClient client = new ThriftShardClient(address(), WireLimits.standard(), security)) {
            return client.status();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
