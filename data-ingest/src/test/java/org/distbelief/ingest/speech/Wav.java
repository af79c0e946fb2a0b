package org.distbelief.ingest.speech;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Builds WAV files byte by byte, right or wrong. */
public final class Wav {
    private int format = 1;
    private int channels = 1;
    private int rate = 8000;
    private int bits = 16;
    private long claimedBytes = -1;
    private byte[] data = {};

    /** Sets what the header says. */
    public Wav header(int newFormat, int newChannels, int newRate, int newBits) {
        format = newFormat;
        channels = newChannels;
        rate = newRate;
        bits = newBits;
        return this;
    }

    /** Sets 16-bit samples. */
    public Wav samples(int... samples) {
        ByteBuffer buffer = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int sample : samples) {
            buffer.putShort((short) sample);
        }
        data = buffer.array();
        return this;
    }

    /** Sets raw sample bytes. */
    public Wav bytes(int... bytes) {
        data = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            data[i] = (byte) bytes[i];
        }
        return this;
    }

    /** Lets the header of the samples claim another length. */
    public Wav claiming(long bytes) {
        claimedBytes = bytes;
        return this;
    }

    /** The file. */
    public byte[] build() {
        ByteBuffer fmt = ByteBuffer.allocate(format == 0xFFFE ? 40 : 16).order(ByteOrder.LITTLE_ENDIAN);
        int block = channels * bits / 8;
        fmt.putShort((short) format).putShort((short) channels).putInt(rate).putInt(rate * block);
        fmt.putShort((short) block).putShort((short) bits);
        if (format == 0xFFFE) {
            fmt.putShort((short) 22).putShort((short) bits).putInt(0);
            fmt.put(new byte[] {1, 0, 0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71});
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(tag("RIFF"));
        out.writeBytes(size(36 + data.length));
        out.writeBytes(tag("WAVE"));
        // An odd chunk, padded, that nobody knows.
        out.writeBytes(tag("junk"));
        out.writeBytes(size(3));
        out.writeBytes(new byte[4]);
        out.writeBytes(tag("fmt "));
        out.writeBytes(size(fmt.capacity()));
        out.writeBytes(fmt.array());
        out.writeBytes(tag("data"));
        out.writeBytes(size(claimedBytes >= 0 ? claimedBytes : data.length));
        out.writeBytes(data);
        return out.toByteArray();
    }

    private static byte[] tag(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] size(long size) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) size)
                .array();
    }
}
