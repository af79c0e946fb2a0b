package org.distbelief.ingest.speech;

import com.google.auto.service.AutoService;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.ingest.raw.BadInputException;
import org.distbelief.ingest.raw.BadReason;
import org.distbelief.ingest.raw.RawData;
import org.distbelief.ingest.raw.RawFormat;
import org.distbelief.ingest.raw.Recording;

/**
 * RIFF/WAVE files with linear PCM of 8 (unsigned), 16 or 24 bits, of any sensible rate, any number of channels, which
 * are averaged into one.
 */
@AutoService(RawFormat.class)
public final class WavFormat implements RawFormat {
    private static final int PCM = 1;
    private static final int EXTENSIBLE = 0xFFFE;
    private static final int MIN_RATE = 1000;
    private static final int MAX_RATE = 768_000;
    private static final int MAX_CHANNELS = 64;
    /** Bytes 2 to 15 of the extensible sub-format that means "the format tag in bytes 0 and 1". */
    private static final byte[] SUBFORMAT_TAIL = {
        0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71
    };

    private record Encoding(int channels, int sampleRate, int bits) {
        int frameBytes() {
            return channels * bits / 8;
        }
    }

    @Override
    public String name() {
        return "WAV";
    }

    @Override
    public DatasetKind kind() {
        return DatasetKind.SPEECH;
    }

    @Override
    public Set<String> extensions() {
        return Set.of("wav", "wave");
    }

    @Override
    public boolean recognises(byte[] content) {
        return content.length >= 12
                && tag(content, 0).equals("RIFF")
                && tag(content, 8).equals("WAVE");
    }

    @Override
    public RawData decode(byte[] content) throws BadInputException {
        if (!recognises(content)) {
            throw new BadInputException(
                    BadReason.WRONG_FORMAT, "expected a file that starts with RIFF....WAVE, found none of it");
        }
        ByteBuffer in = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).position(12);
        Encoding encoding = null;
        while (in.remaining() >= 8) {
            int at = in.position();
            String tag = tag(content, at);
            long size = Integer.toUnsignedLong(in.getInt(at + 4));
            in.position(at + 8);
            if (tag.equals("data")) {
                if (encoding == null) {
                    throw new BadInputException(
                            BadReason.ABSURD_HEADER, "expected the fmt chunk before the data chunk, found none");
                }
                return samples(in, size, encoding);
            }
            if (size > in.remaining()) {
                throw new BadInputException(
                        BadReason.TRUNCATED,
                        "chunk '" + printable(tag) + "' at byte " + at + " promises " + size + " bytes, the file has "
                                + in.remaining() + " more");
            }
            if (tag.equals("fmt ")) {
                encoding = encoding(in.slice(in.position(), (int) size).order(ByteOrder.LITTLE_ENDIAN));
            }
            // Chunks are padded to even sizes; the pad of a last chunk is sometimes missing.
            in.position((int) Math.min(in.limit(), in.position() + size + (size & 1)));
        }
        throw new BadInputException(BadReason.TRUNCATED, "expected a data chunk, found the end of the file");
    }

    private static Encoding encoding(ByteBuffer fmt) throws BadInputException {
        if (fmt.remaining() < 16) {
            throw new BadInputException(
                    BadReason.ABSURD_HEADER, "expected a fmt chunk of at least 16 bytes, found " + fmt.remaining());
        }
        int format = Short.toUnsignedInt(fmt.getShort(0));
        int channels = Short.toUnsignedInt(fmt.getShort(2));
        long rate = Integer.toUnsignedLong(fmt.getInt(4));
        int blockAlign = Short.toUnsignedInt(fmt.getShort(12));
        int bits = Short.toUnsignedInt(fmt.getShort(14));
        if (format == EXTENSIBLE) {
            format = subformat(fmt);
        }
        if (format != PCM) {
            throw new BadInputException(
                    BadReason.UNSUPPORTED, "expected linear PCM (format 1), found format " + format);
        }
        if (bits != 8 && bits != 16 && bits != 24) {
            throw new BadInputException(BadReason.UNSUPPORTED, "expected 8, 16 or 24 bits per sample, found " + bits);
        }
        if (channels < 1 || channels > MAX_CHANNELS) {
            throw new BadInputException(
                    BadReason.ABSURD_HEADER, "expected 1 to " + MAX_CHANNELS + " channels, found " + channels);
        }
        if (rate < MIN_RATE || rate > MAX_RATE) {
            throw new BadInputException(
                    BadReason.ABSURD_HEADER,
                    "expected " + MIN_RATE + " to " + MAX_RATE + " samples per second, found " + rate);
        }
        Encoding encoding = new Encoding(channels, (int) rate, bits);
        if (blockAlign != encoding.frameBytes()) {
            throw new BadInputException(
                    BadReason.ABSURD_HEADER,
                    "expected a block size of " + encoding.frameBytes() + " bytes for " + channels + " channels of "
                            + bits + " bits, found " + blockAlign);
        }
        return encoding;
    }

    private static int subformat(ByteBuffer fmt) throws BadInputException {
        if (fmt.remaining() < 40) {
            throw new BadInputException(
                    BadReason.ABSURD_HEADER,
                    "expected an extensible fmt chunk of at least 40 bytes, found " + fmt.remaining());
        }
        byte[] tail = new byte[SUBFORMAT_TAIL.length];
        fmt.get(26, tail);
        if (!Arrays.equals(tail, SUBFORMAT_TAIL)) {
            throw new BadInputException(BadReason.UNSUPPORTED, "expected linear PCM, found a vendor's sub-format");
        }
        return Short.toUnsignedInt(fmt.getShort(24));
    }

    private static Recording samples(ByteBuffer in, long size, Encoding encoding) throws BadInputException {
        if (size > in.remaining()) {
            throw new BadInputException(
                    BadReason.TRUNCATED,
                    "the header promises " + size + " bytes of samples, the file has " + in.remaining());
        }
        int frameBytes = encoding.frameBytes();
        if (size % frameBytes != 0) {
            throw new BadInputException(
                    BadReason.TRUNCATED, "expected whole frames of " + frameBytes + " bytes, found " + size + " bytes");
        }
        int frames = (int) (size / frameBytes);
        if (frames == 0) {
            throw new BadInputException(BadReason.NO_SAMPLES, "the data chunk is empty");
        }
        float[] mixed = new float[frames];
        int channels = encoding.channels();
        int bytes = encoding.bits() / 8;
        int at = in.position();
        for (int i = 0; i < frames; i++) {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += sample(in, at, bytes);
                at += bytes;
            }
            mixed[i] = (float) (sum / channels);
        }
        return new Recording(encoding.sampleRate(), mixed);
    }

    /** One sample on the scale of 16-bit integers. */
    private static double sample(ByteBuffer in, int at, int bytes) {
        return switch (bytes) {
            case 1 -> ((in.get(at) & 0xFF) - 128) * 256.0;
            case 2 -> in.getShort(at);
            default -> ((in.getShort(at + 1) << 8) | (in.get(at) & 0xFF)) / 256.0;
        };
    }

    private static String tag(byte[] content, int at) {
        return new String(content, at, 4, StandardCharsets.ISO_8859_1);
    }

    private static String printable(String tag) {
        return tag.replaceAll("[^ -~]", "?");
    }
}
