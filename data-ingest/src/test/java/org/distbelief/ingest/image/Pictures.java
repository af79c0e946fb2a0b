package org.distbelief.ingest.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** Picture files for tests. */
public final class Pictures {
    /** A picture file of one colour. */
    public static byte[] plain(String format, int width, int height, int rgb) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, rgb);
            }
        }
        return encode(format, image);
    }

    /** A picture file. */
    public static byte[] encode(String format, BufferedImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (!ImageIO.write(image, format, out)) {
            throw new IOException("no writer for " + format);
        }
        return out.toByteArray();
    }

    /** A PNG file with another size in its (correctly summed) header. */
    public static byte[] pngClaiming(byte[] png, int width, int height) {
        byte[] claiming = png.clone();
        ByteBuffer.wrap(claiming).putInt(16, width).putInt(20, height);
        CRC32 sum = new CRC32();
        sum.update(claiming, 12, 17);
        ByteBuffer.wrap(claiming).putInt(29, (int) sum.getValue());
        return claiming;
    }

    private Pictures() {}
}
