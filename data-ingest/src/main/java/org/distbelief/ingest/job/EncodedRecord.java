package org.distbelief.ingest.job;

import java.nio.ByteBuffer;

/** The bytes of a record; whoever is given them does not change them. */
final class EncodedRecord {
    private final byte[] bytes;

    EncodedRecord(byte[] bytes) {
        this.bytes = bytes;
    }

    ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes);
    }
}
