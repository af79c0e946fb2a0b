package org.distbelief.paramserver.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;
import org.distbelief.paramserver.kernel.SealedMemory;
import org.distbelief.paramserver.security.SecuredChannel;

/** A server's window that this process has opened. It is unmapped when neither it nor its channel is reachable. */
public final class OpenedWindow {
    /** What the name of a window begins with. */
    static final String NAME = "distbelief-";

    /**
     * A client computes beside: to be woken costs its processor more than to sleep for as long as the server takes to
     * move a window's bytes.
     */
    private static final long PAUSE_NANOS = 100_000;

    private static final Pattern NAMES = Pattern.compile(NAME + "[0-9a-f]{32}");
    private static final Pattern PATHS = Pattern.compile("/proc/[0-9]{1,10}/fd/[0-9]{1,10}");

    private final WindowSize size;
    private final ByteBuffer bytes;

    private OpenedWindow(WindowSize size, ByteBuffer bytes) {
        this.size = size;
        this.bytes = bytes;
    }

    /**
     * Opens a window. Nothing is opened but memory of this name, which no other node has.
     *
     * @param path where the server says that it is
     * @param name how the server says that it is called
     * @param size as it was asked for
     * @throws IOException where it is not there: the server is on another node, or of another user
     */
    public static OpenedWindow open(String path, String name, WindowSize size) throws IOException {
        if (!PATHS.matcher(path).matches() || !NAMES.matcher(name).matches()) {
            throw new IOException(
                    "expected the path and the name of shared memory, found '" + path + "' and '" + name + "'");
        }
        Path file = Path.of(path);
        String found = Files.readSymbolicLink(file).toString();
        if (!found.equals(SealedMemory.target(name))) {
            throw new IOException("expected " + SealedMemory.target(name) + " at " + path + ", found " + found);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (channel.size() != size.total()) {
                throw new IOException("expected " + size.total() + " bytes at " + path + ", found " + channel.size());
            }
            ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, size.total());
            return new OpenedWindow(size, mapped.order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    /** What the server wants to hear. */
    public byte[] proof() {
        byte[] proof = new byte[WindowSize.PROOF];
        size.proof(bytes).get(proof);
        return proof;
    }

    /**
     * Where the connection's bytes go from now on.
     *
     * @param line the connection; closed with the channel
     * @param whenClosed is done once, when the channel is closed, in any thread
     */
    public SecuredChannel channel(SecuredChannel line, Runnable whenClosed) {
        return new WindowChannel(line, size.readerToClient(bytes), size.writerToServer(bytes), PAUSE_NANOS, whenClosed);
    }
}
