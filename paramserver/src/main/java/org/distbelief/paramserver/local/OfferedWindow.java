package org.distbelief.paramserver.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.distbelief.paramserver.kernel.SealedMemory;
import org.distbelief.paramserver.security.SecuredChannel;

/** A window that a server has made for a client. For one thread, the only one that uses its channel. */
public final class OfferedWindow implements AutoCloseable {
    private static final int NAME_BYTES = 16;

    private final WindowSize size;
    private final SealedMemory memory;
    private final byte[] proof = new byte[WindowSize.PROOF];
    private boolean entered;

    /**
     * Makes a window.
     *
     * @param random of the proof, and of the name
     * @throws IOException where there can be no such memory here
     */
    public OfferedWindow(WindowSize size, SecureRandom random) throws IOException {
        byte[] name = new byte[NAME_BYTES];
        random.nextBytes(name);
        random.nextBytes(proof);
        this.size = size;
        this.memory = SealedMemory.allocate(OpenedWindow.NAME + HexFormat.of().formatHex(name), size.total());
        size.proof(memory.bytes()).put(proof);
    }

    /** What a client must open. */
    public String path() {
        return memory.path().toString();
    }

    /** What a client must find there. */
    public String name() {
        return memory.name();
    }

    /** Whether a client has opened the window, as what it has found there proves; true once. */
    public boolean enter(byte[] found) {
        boolean enters = !entered && MessageDigest.isEqual(proof, found);
        entered |= enters;
        return enters;
    }

    /**
     * Where the connection's bytes go from now on.
     *
     * @param line the connection; closed with the channel
     */
    public SecuredChannel channel(SecuredChannel line) {
        ByteBuffer bytes = memory.bytes();
        return new WindowChannel(line, size.readerToServer(bytes), size.writerToClient(bytes), 0, () -> {});
    }

    /** Gives the memory back; the channel must not be used any more, but may be closed. */
    @Override
    public void close() {
        memory.close();
    }
}
