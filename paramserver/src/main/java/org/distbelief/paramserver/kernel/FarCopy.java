package org.distbelief.paramserver.kernel;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Copies a lot to memory of which nothing will be read soon, without having what was there come into the caches first:
 * on two thirds of the time. For any number of threads.
 */
public final class FarCopy {
    /** Fewer bytes are copied as ever. */
    private static final int LEAST = 16 << 10;

    private final boolean known;

    private FarCopy(boolean known) {
        this.known = known;
    }

    /** As well as this machine can. */
    public static FarCopy best() {
        try {
            NativeRules.load();
            return new FarCopy(true);
        } catch (LinkageError | RuntimeException e) {
            // Whoever wants to know hears of it from the arithmetic, which is in the same library.
            return new FarCopy(false);
        }
    }

    /**
     * Copies bytes.
     *
     * @param to they go to its position, which moves behind them
     */
    public void copy(ByteBuffer from, int fromByte, ByteBuffer to, int bytes) {
        if (known && bytes >= LEAST && from.isDirect() && to.isDirect()) {
            Objects.checkFromIndexSize(fromByte, bytes, from.capacity());
            Objects.checkFromIndexSize(to.position(), bytes, to.limit());
            NativeRules.copyPastCache(to, to.position(), from, fromByte, bytes);
        } else {
            to.put(to.position(), from, fromByte, bytes);
        }
        to.position(to.position() + bytes);
    }
}
