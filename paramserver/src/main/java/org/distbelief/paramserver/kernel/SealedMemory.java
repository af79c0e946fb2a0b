package org.distbelief.paramserver.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Memory that another process of the same user on this machine can map. It has a name, but is in no directory, so that
 * nothing of it is left when the processes have ended, however they do. It is sealed: who maps it cannot make it
 * smaller, which would end whoever touches what is gone. All of it is had at once. For one thread.
 */
public final class SealedMemory implements AutoCloseable {
    private final int descriptor;
    private final String name;
    private final ByteBuffer bytes;
    private boolean closed;

    private SealedMemory(int descriptor, String name, ByteBuffer bytes) {
        this.descriptor = descriptor;
        this.name = name;
        this.bytes = bytes;
    }

    /**
     * New memory, all 0.
     *
     * @param name letters, digits and hyphens
     * @param size bytes
     * @throws IOException where the system does not give it, or this machine has no native library
     */
    public static SealedMemory allocate(String name, int size) throws IOException {
        int descriptor;
        try {
            NativeRules.load();
            descriptor = NativeRules.sealedMemory(name, size);
        } catch (LinkageError | RuntimeException e) {
            throw new IOException("there is no native library for memory that is shared: " + e, e);
        }
        if (descriptor < 0) {
            throw new IOException("the system gives no memory that can be shared, error " + -descriptor);
        }
        ByteBuffer mapped = NativeRules.mapMemory(descriptor, size);
        if (mapped == null) {
            NativeRules.freeMemory(descriptor, null);
            throw new IOException("memory that can be shared could not be mapped");
        }
        return new SealedMemory(descriptor, name, mapped.order(ByteOrder.LITTLE_ENDIAN));
    }

    /** What a process of the same user opens, as long as this is not closed. */
    public Path path() {
        return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor);
    }

    /** The target of the link at {@link #path} to memory of this name: no two systems have the same one. */
    public static String target(String name) {
        return "/memfd:" + name + " (deleted)";
    }

    public String name() {
        return name;
    }

    /** The memory, little-endian; not to be touched after {@link #close}, which no view of it notices. */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** Unmaps the memory and gives it back to the system, also where others still have it mapped. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            NativeRules.freeMemory(descriptor, bytes);
        }
    }
}
