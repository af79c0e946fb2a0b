package org.distbelief.ingest.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import org.distbelief.ingest.raw.Picture;

/**
 * Turns any decoded picture into 8-bit RGB. Grey levels are copied as stored (Java's own conversion would brighten
 * them), palettes are looked up, transparency is laid over black.
 */
final class RgbConverter {
    Picture convert(BufferedImage image) {
        boolean grey = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
                && !(image.getColorModel() instanceof IndexColorModel);
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] rgb = new byte[3 * width * height];
        if (grey) {
            copyGrey(image, rgb);
        } else {
            copyColour(image, rgb);
        }
        return new Picture(width, height, rgb);
    }

    private static void copyGrey(BufferedImage image, byte[] rgb) {
        Raster raster = image.getRaster();
        ColorModel model = image.getColorModel();
        int bits = model.getComponentSize(0);
        int bands = raster.getNumBands();
        int width = image.getWidth();
        int maximum = (1 << bits) - 1;
        int[] row = new int[width * bands];
        int at = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                int level = (row[x * bands] * 255 + maximum / 2) / maximum;
                if (model.hasAlpha() && bands > 1) {
                    level = over(level, row[x * bands + 1] * 255 / maximum);
                }
                rgb[at++] = (byte) level;
                rgb[at++] = (byte) level;
                rgb[at++] = (byte) level;
            }
        }
    }

    private static void copyColour(BufferedImage image, byte[] rgb) {
        int width = image.getWidth();
        int[] row = new int[width];
        int at = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int argb : row) {
                int alpha = argb >>> 24;
                rgb[at++] = (byte) over((argb >> 16) & 0xFF, alpha);
                rgb[at++] = (byte) over((argb >> 8) & 0xFF, alpha);
                rgb[at++] = (byte) over(argb & 0xFF, alpha);
            }
        }
    }

    private static int over(int level, int alpha) {
        return alpha == 255 ? level : (level * alpha + 127) / 255;
    }
}
