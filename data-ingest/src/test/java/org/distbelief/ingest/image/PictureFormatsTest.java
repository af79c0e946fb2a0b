package org.distbelief.ingest.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.ingest.raw.BadInputException;
import org.distbelief.ingest.raw.BadReason;
import org.distbelief.ingest.raw.Picture;
import org.distbelief.ingest.raw.RawFile;
import org.distbelief.ingest.raw.RawFormats;
import org.junit.jupiter.api.Test;

class PictureFormatsTest {
    private final RawFormats formats = RawFormats.load();

    @Test
    void coloursAreReadAsRedGreenBlue() throws Exception {
        Picture png = decode("a.png", Pictures.plain("png", 3, 2, 0x0A64C8));
        assertThat(png.width()).isEqualTo(3);
        assertThat(png.height()).isEqualTo(2);
        assertThat(Arrays.copyOf(png.rgb(), 3)).containsExactly(10, 100, (byte) 200);

        Picture jpeg = decode("a.JPG", Pictures.plain("jpeg", 8, 8, 0x0A64C8));
        assertThat(jpeg.rgb()[1] & 0xFF).isCloseTo(100, within(3));
        assertThat(jpeg.rgb()[2] & 0xFF).isCloseTo(200, within(3));
    }

    @Test
    void greyLevelsStayAsTheyAreStored() throws Exception {
        BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setSample(0, 0, 0, 60);
        grey.getRaster().setSample(1, 0, 0, 200);
        BufferedImage deep = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSample(0, 0, 0, 60 * 257);

        assertThat(decode("a.png", Pictures.encode("png", grey)).rgb())
                .containsExactly(60, 60, 60, (byte) 200, (byte) 200, (byte) 200);
        assertThat(decode("a.png", Pictures.encode("png", deep)).rgb()).containsExactly(60, 60, 60);
        assertThat(decode("a.jpg", Pictures.encode("jpeg", grey)).rgb()[0] & 0xFF)
                .isCloseTo(60, within(4));
    }

    @Test
    void palettesAreLookedUpAndTransparencyLiesOverBlack() throws Exception {
        byte[] levels = {0, 100};
        IndexColorModel model = new IndexColorModel(1, 2, levels, levels, new byte[] {50, 0});
        BufferedImage indexed = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_BINARY, model);
        indexed.getRaster().setSample(0, 0, 0, 1);
        BufferedImage clear = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
        clear.setRGB(0, 0, 0x80FF6400);

        assertThat(decode("a.png", Pictures.encode("png", indexed)).rgb()).containsExactly(100, 100, 0);
        assertThat(decode("a.png", Pictures.encode("png", clear)).rgb()).containsExactly((byte) 128, 50, 0);
    }

    @Test
    void contentCountsMoreThanTheName() throws Exception {
        assertThat(decode("a.jpg", Pictures.plain("png", 3, 2, 0)).width()).isEqualTo(3);
    }

    @Test
    void eachDefectHasItsReason() throws Exception {
        assertBad("a.jpg", new byte[0], BadReason.EMPTY_FILE);
        assertBad("a.jpg", "I am text, not a picture".getBytes(StandardCharsets.UTF_8), BadReason.WRONG_FORMAT);
        byte[] png = Pictures.plain("png", 3, 2, 0);
        assertBad("a.png", Pictures.pngClaiming(png, 100_000, 100_000), BadReason.ABSURD_HEADER);
        assertBad("a.png", Pictures.pngClaiming(png, 30_000, 30_000), BadReason.ABSURD_HEADER);
    }

    @Test
    void picturesThatEndEarlyAreTruncated() throws Exception {
        BufferedImage noise = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int i = 0; i < 64 * 64; i++) {
            noise.setRGB(i % 64, i / 64, random.nextInt(1 << 24));
        }
        for (String format : new String[] {"png", "jpeg"}) {
            byte[] whole = Pictures.encode(format, noise);
            assertThat(decode("a." + format, whole).width()).isEqualTo(64);
            for (int part = 1; part < 10; part++) {
                byte[] cut = Arrays.copyOf(whole, whole.length * part / 10);
                BadInputException e = catchThrowableOfType(BadInputException.class, () -> decode("a." + format, cut));
                assertThat(e).as("%s, %d tenths", format, part).isNotNull();
                assertThat(e.reason())
                        .as("%s, %d tenths: %s", format, part, e.detail())
                        .isIn(BadReason.TRUNCATED, BadReason.DAMAGED);
            }
        }
    }

    @Test
    void randomDamageNeverDoesMoreThanRefuse() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[][] files = {Pictures.plain("png", 20, 20, 0x123456), Pictures.plain("jpeg", 20, 20, 0x123456)};
        for (int i = 0; i < 1000; i++) {
            byte[] damaged = files[i % 2].clone();
            for (int k = 0; k < 4; k++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(decode(i % 2 == 0 ? "a.png" : "a.jpg", damaged).rgb())
                        .isNotEmpty();
            } catch (BadInputException e) {
                assertThat(e.detail()).as("seed %d", seed).isNotBlank();
            }
        }
    }

    private Picture decode(String path, byte[] content) throws BadInputException {
        return (Picture) formats.decode(new RawFile(path, content), DatasetKind.IMAGES);
    }

    private void assertBad(String path, byte[] content, BadReason reason) {
        BadInputException e = catchThrowableOfType(BadInputException.class, () -> decode(path, content));
        assertThat(e).isNotNull();
        assertThat(e.reason()).as(e.detail()).isEqualTo(reason);
    }
}
