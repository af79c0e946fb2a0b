package org.distbelief.ingest.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.distbelief.ingest.raw.BadInputException;
import org.distbelief.ingest.raw.BadReason;
import org.distbelief.ingest.raw.Picture;

/**
 * Decodes pictures with the JDK's image readers, in memory and without a display. The size in the header is judged
 * before any pixel is decoded. One instance per thread.
 */
final class PictureReader {
    private static final int MAX_SIDE = 32_768;
    private static final long MAX_PIXELS = 64L << 20;
    /** Larger pictures are decoded at every second, third, ... pixel; they are scaled down far below this anyway. */
    private static final long MAX_DECODED_PIXELS = 6L << 20;

    private final String format;
    private final RgbConverter converter = new RgbConverter();

    /** Of a format by its ImageIO name. */
    PictureReader(String format) {
        this.format = format;
    }

    Picture read(byte[] content) throws BadInputException {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        if (!readers.hasNext()) {
            throw new IllegalStateException("this Java has no reader for " + format + " pictures");
        }
        ImageReader reader = readers.next();
        List<String> warnings = new ArrayList<>();
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
            reader.setInput(input, true, true);
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            ImageReadParam param = reader.getDefaultReadParam();
            int step = subsampling(reader.getWidth(0), reader.getHeight(0));
            param.setSourceSubsampling(step, step, 0, 0);
            BufferedImage image = reader.read(0, param);
            requireWhole(warnings);
            return converter.convert(image);
        } catch (EOFException e) {
            throw new BadInputException(BadReason.TRUNCATED, "the picture ends early", e);
        } catch (IOException | RuntimeException e) {
            throw damaged(e);
        } finally {
            reader.dispose();
        }
    }

    private static int subsampling(int width, int height) throws BadInputException {
        if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE || (long) width * height > MAX_PIXELS) {
            throw new BadInputException(
                    BadReason.ABSURD_HEADER,
                    "expected a picture of at most " + MAX_SIDE + " pixels a side and " + MAX_PIXELS + " in all, found "
                            + width + "x" + height);
        }
        int step = 1;
        while ((long) (width / step) * (height / step) > MAX_DECODED_PIXELS) {
            step++;
        }
        return step;
    }

    /** The JPEG reader fills what is missing with grey and only warns. */
    private static void requireWhole(List<String> warnings) throws BadInputException {
        for (String warning : warnings) {
            String text = warning.toLowerCase(Locale.ROOT);
            if (text.contains("premature end") || text.contains("truncated")) {
                throw new BadInputException(BadReason.TRUNCATED, "the picture ends early: " + warning);
            }
            if (text.contains("corrupt") || text.contains("extraneous")) {
                throw new BadInputException(BadReason.DAMAGED, warning);
            }
        }
    }

    private static BadInputException damaged(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof EOFException) {
                return new BadInputException(BadReason.TRUNCATED, "the picture ends early", e);
            }
        }
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        if (message.contains("Unsupported")) {
            return new BadInputException(BadReason.UNSUPPORTED, message, e);
        }
        return new BadInputException(BadReason.DAMAGED, "the picture cannot be decoded: " + message, e);
    }
}
