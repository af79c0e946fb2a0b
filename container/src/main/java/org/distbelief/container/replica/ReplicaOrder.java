package org.distbelief.container.replica;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What partition 0 of a replica tells the others to do next; all do it at the same time.
 *
 * @param kind what
 * @param argument its meaning depends on the kind; 0 where there is none
 * @param text goes with {@link Kind#OTHER}; empty where there is none
 */
public record ReplicaOrder(Kind kind, long argument, String text) {
    /** What is to be done. */
    public enum Kind {
        /** Take the gradient of the mini-batch that comes with the order; the argument may say with which noise. */
        TRAIN,
        /** Score the mini-batch that comes with the order. */
        SCORE,
        /** Something that the replica's users agree on; the argument says what. */
        OTHER
    }

    private static final int HEAD = 1 + Long.BYTES + Integer.BYTES;

    /** The order as bytes, with a mini-batch's labels. */
    byte[] toBytes(int size, int[] labels) {
        byte[] words = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(HEAD + size * Integer.BYTES + words.length);
        byte number = switch (kind) {
            case TRAIN -> 0;
            case SCORE -> 1;
            case OTHER -> 2;
        };
        bytes.put(number).putLong(argument).putInt(size);
        for (int i = 0; i < size; i++) {
            bytes.putInt(labels[i]);
        }
        bytes.put(words);
        return bytes.array();
    }

    /**
     * Reads {@link #toBytes} back.
     *
     * @param batch gets the size and the labels of the mini-batch
     */
    static ReplicaOrder read(byte[] order, MiniBatch batch) {
        ByteBuffer bytes = ByteBuffer.wrap(order);
        Kind kind = switch (bytes.get()) {
            case 0 -> Kind.TRAIN;
            case 1 -> Kind.SCORE;
            case 2 -> Kind.OTHER;
            default -> throw new IllegalArgumentException("expected an order of a replica's partition 0");
        };
        long argument = bytes.getLong();
        batch.expect(bytes.getInt(), bytes::getInt);
        return new ReplicaOrder(
                kind, argument, StandardCharsets.UTF_8.decode(bytes).toString());
    }
}
