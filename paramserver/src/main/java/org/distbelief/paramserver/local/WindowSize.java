package org.distbelief.paramserver.local;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.distbelief.paramserver.kernel.FarCopy;

/**
 * How large a window is, and what lies where in it: the proof at 0, the numbers of the ring to the server at 1024,
 * those of the ring to the client at 2048, and from 4096 on the bytes of the first and of the second ring.
 *
 * @param toServer bytes of the ring to the server
 * @param toClient bytes of the ring to the client
 */
public record WindowSize(int toServer, int toClient) {
    /** The most bytes of a window. */
    public static final int MOST = 4096 + (1 << 21) + (256 << 10);

    /** Bytes that prove that the client has opened the window. */
    static final int PROOF = 32;

    private static final int LARGE = 1 << 21;
    private static final int SMALL = 256 << 10;

    private static final int CONTROL_TO_SERVER = 1024;
    private static final int CONTROL_TO_CLIENT = 2048;
    private static final int PAGE = 4096;

    /** @throws IllegalArgumentException where it is not whole pages in both directions, or too large */
    public WindowSize {
        if (toServer < PAGE
                || toClient < PAGE
                || toServer % PAGE != 0
                || toClient % PAGE != 0
                || (long) PAGE + toServer + toClient > MOST) {
            throw new IllegalArgumentException("expected a window of at most " + MOST
                    + " bytes in all, and whole pages in both directions, found " + toServer + " and " + toClient);
        }
    }

    /** For a client that sends floats. */
    public static WindowSize forSending() {
        return new WindowSize(LARGE, SMALL);
    }

    /** For a client that is sent floats. */
    public static WindowSize forReceiving() {
        return new WindowSize(SMALL, LARGE);
    }

    int total() {
        return PAGE + toServer + toClient;
    }

    private static ByteBuffer part(ByteBuffer window, int from, int length) {
        return window.slice(from, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    ByteBuffer proof(ByteBuffer window) {
        return part(window, 0, PROOF);
    }

    Ring.Writer writerToServer(ByteBuffer window) {
        return new Ring.Writer(part(window, CONTROL_TO_SERVER, Ring.CONTROL), part(window, PAGE, toServer));
    }

    Ring.Reader readerToServer(ByteBuffer window) {
        return new Ring.Reader(part(window, CONTROL_TO_SERVER, Ring.CONTROL), part(window, PAGE, toServer), null);
    }

    Ring.Writer writerToClient(ByteBuffer window) {
        return new Ring.Writer(part(window, CONTROL_TO_CLIENT, Ring.CONTROL), part(window, PAGE + toServer, toClient));
    }

    /** Parameters are more than any cache holds. */
    Ring.Reader readerToClient(ByteBuffer window) {
        return new Ring.Reader(
                part(window, CONTROL_TO_CLIENT, Ring.CONTROL), part(window, PAGE + toServer, toClient), FarCopy.best());
    }
}
