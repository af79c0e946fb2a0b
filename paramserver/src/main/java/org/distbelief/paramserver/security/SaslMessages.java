package org.distbelief.paramserver.security;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The messages of Thrift's SASL negotiation: a status of one byte, the payload's length in four bytes, big-endian, and
 * the payload.
 */
final class SaslMessages {
    static final int MOST_BYTES = 4 << 10;
    private static final int HEAD = 1 + Integer.BYTES;

    private final TimedChannel channel;

    SaslMessages(TimedChannel channel) {
        this.channel = channel;
    }

    /** What a message is; the bytes are those of Thrift. */
    enum Status {
        START(1),
        OK(2),
        BAD(3),
        ERROR(4),
        COMPLETE(5);

        private final byte code;

        Status(int code) {
            this.code = (byte) code;
        }

        private static Status of(byte code) throws IOException {
            for (Status status : values()) {
                if (status.code == code) {
                    return status;
                }
            }
            throw new IOException("expected the status of a SASL message, 1 to 5, found " + (code & 0xff));
        }
    }

    /** A message. */
    static final class Message {
        private final Status status;
        private final byte[] payload;

        private Message(Status status, byte[] payload) {
            this.status = status;
            this.payload = payload;
        }

        Status status() {
            return status;
        }

        byte[] payload() {
            return payload;
        }
    }

    void send(Status status, byte[] payload) throws IOException {
        ByteBuffer message = ByteBuffer.allocate(HEAD + payload.length);
        message.put(status.code).putInt(payload.length).put(payload);
        channel.write(message.flip());
    }

    /** @throws IOException where it is no message, or one of more than {@value #MOST_BYTES} bytes */
    Message receive() throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD);
        channel.read(head);
        head.flip();
        Status status = Status.of(head.get());
        int length = head.getInt();
        if (length < 0 || length > MOST_BYTES) {
            throw new IOException("expected a SASL message of at most " + MOST_BYTES + " bytes, found " + length);
        }
        byte[] payload = new byte[length];
        channel.read(ByteBuffer.wrap(payload));
        return new Message(status, payload);
    }
}
