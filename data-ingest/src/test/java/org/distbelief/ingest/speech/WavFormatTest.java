package org.distbelief.ingest.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.distbelief.ingest.raw.BadInputException;
import org.distbelief.ingest.raw.BadReason;
import org.distbelief.ingest.raw.Recording;
import org.junit.jupiter.api.Test;

class WavFormatTest {
    private final WavFormat format = new WavFormat();

    @Test
    void sixteenBitsAreTakenAsTheyAre() throws Exception {
        Recording recording = decode(new Wav().samples(0, 1, -1, 32767, -32768).build());

        assertThat(recording.sampleRate()).isEqualTo(8000);
        assertThat(recording.samples()).containsExactly(0, 1, -1, 32767, -32768);
    }

    @Test
    void eightBitsAreUnsignedAndScaledUp() throws Exception {
        assertThat(decode(new Wav().header(1, 1, 11025, 8).bytes(128, 0, 255).build())
                        .samples())
                .containsExactly(0, -32768, 127 * 256);
    }

    @Test
    void twentyFourBitsAreScaledDown() throws Exception {
        assertThat(decode(new Wav()
                                .header(1, 1, 48000, 24)
                                .bytes(0, 1, 0, 0xFF, 0xFF, 0xFF, 0x80, 0, 0x80)
                                .build())
                        .samples())
                .containsExactly(1, -1 / 256f, -32768 + 0.5f);
    }

    @Test
    void channelsAreAveraged() throws Exception {
        assertThat(decode(new Wav()
                                .header(1, 2, 8000, 16)
                                .samples(100, 200, -4, 1)
                                .build())
                        .samples())
                .containsExactly(150, -1.5f);
    }

    @Test
    void theExtensibleHeaderIsRead() throws Exception {
        byte[] wav = new Wav().header(0xFFFE, 1, 8000, 16).samples(7).build();
        assertThat(decode(wav).samples()).containsExactly(7);

        wav[wav.length - 2 - 8 - 16] = 3; // floating point
        assertBad(wav, BadReason.UNSUPPORTED, "found format 3");
    }

    @Test
    void eachDefectHasItsReason() {
        Wav good = new Wav().samples(1, 2, 3);
        assertBad(good.claiming(7).build(), BadReason.TRUNCATED, "promises 7 bytes of samples, the file has 6");
        assertBad(good.claiming(0xFFFFFFFFL).build(), BadReason.TRUNCATED, "promises 4294967295 bytes");
        assertBad(good.claiming(5).build(), BadReason.TRUNCATED, "whole frames of 2 bytes, found 5");
        assertBad(new Wav().build(), BadReason.NO_SAMPLES, "empty");
        assertBad(new Wav().header(3, 1, 8000, 16).samples(1).build(), BadReason.UNSUPPORTED, "found format 3");
        assertBad(new Wav().header(1, 1, 8000, 32).samples(1, 1).build(), BadReason.UNSUPPORTED, "found 32");
        assertBad(new Wav().header(1, 0, 8000, 16).samples(1).build(), BadReason.ABSURD_HEADER, "found 0");
        assertBad(new Wav().header(1, 65535, 8000, 16).samples(1).build(), BadReason.ABSURD_HEADER, "found 65535");
        assertBad(new Wav().header(1, 1, 0, 16).samples(1).build(), BadReason.ABSURD_HEADER, "found 0");
        assertBad(new Wav().header(1, 1, -1, 16).samples(1).build(), BadReason.ABSURD_HEADER, "found 4294967295");
    }

    @Test
    void wrongBlockSizeIsAbsurd() {
        byte[] wav = new Wav().samples(1, 2).build();
        wav[wav.length - 4 - 8 - 4] = 3;

        assertBad(wav, BadReason.ABSURD_HEADER, "block size of 2 bytes");
    }

    @Test
    void otherFilesAreNotRecognised() {
        assertThat(format.recognises("RIFF1234WAV".getBytes(StandardCharsets.US_ASCII)))
                .isFalse();
        assertThat(format.recognises("hello, I am no recording".getBytes(StandardCharsets.US_ASCII)))
                .isFalse();
    }

    @Test
    void everyBeginningOfAFileIsRefusedWithAReason() {
        byte[] wav = new Wav().samples(1, 2, 3, 4).build();
        for (int length = 0; length < wav.length; length++) {
            byte[] beginning = Arrays.copyOf(wav, length);
            assertThat(catchThrowableOfType(BadInputException.class, () -> format.decode(beginning)))
                    .as("the first %d bytes", length)
                    .isNotNull();
        }
    }

    @Test
    void randomDamageNeverDoesMoreThanRefuse() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] wav = new Wav().samples(1, 2, 3, 4).build();
            for (int k = 0; k < 3; k++) {
                wav[random.nextInt(wav.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(decode(wav).samples().length).as("seed %d", seed).isBetween(1, wav.length);
            } catch (BadInputException e) {
                assertThat(e.detail()).as("seed %d", seed).isNotBlank();
            }
        }
    }

    private Recording decode(byte[] wav) throws BadInputException {
        return (Recording) format.decode(wav);
    }

    private void assertBad(byte[] wav, BadReason reason, String detail) {
        BadInputException e = catchThrowableOfType(BadInputException.class, () -> format.decode(wav));
        assertThat(e).as(detail).isNotNull();
        assertThat(e.reason()).as(e.detail()).isEqualTo(reason);
        assertThat(e.detail()).contains(detail);
    }
}
