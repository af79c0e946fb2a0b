package org.distbelief.ingest.generate;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import javax.imageio.ImageIO;
import org.distbelief.ingest.IngestException;
import org.distbelief.ingest.select.SeededHash;

/**
 * Generates pictures of ten classes of figures and textures, of random colour, place, size and turn, with clutter and
 * noise: PNG files in one folder per class. A picture depends on the seed and its own number alone.
 */
public final class ImageGenerator {
    /** Pictures when nothing else is asked for. */
    public static final int DEFAULT_SIZE = 1000;
    /** Width and height when nothing else is asked for. */
    public static final int DEFAULT_SIDE = 32;

    private static final int MAX_SIZE = 10_000_000;
    private static final int MIN_SIDE = 8;
    private static final int MAX_SIDE = 1024;
    private static final int CLUTTER_LINES = 5;
    private static final int DARKEST_FIGURE = 115;

    private final long seed;
    private final int side;

    /**
     * Under a seed.
     *
     * @param side width and height in pixels
     * @throws IllegalArgumentException if the side is out of range
     */
    public ImageGenerator(long seed, int side) {
        if (side < MIN_SIDE || side > MAX_SIDE) {
            throw new IllegalArgumentException(
                    "side: expected " + MIN_SIDE + " to " + MAX_SIDE + " pixels, found " + side);
        }
        this.seed = seed;
        this.side = side;
    }

    /**
     * Writes the pictures, as many of each class: {@code class/NNNNNN.png}.
     *
     * @param directory must be empty or missing
     * @param images at least 1
     * @throws IngestException if the directory holds something, or the number is out of range
     */
    public void generate(Path directory, int images) throws IngestException, IOException {
        if (images < 1 || images > MAX_SIZE) {
            throw new IngestException("size: expected 1 to " + MAX_SIZE + " images, found " + images);
        }
        NewFolder folder = NewFolder.claim(directory);
        SeededHash seeds = new SeededHash(seed, "images");
        Figure[] figures = Figure.values();
        for (int i = 0; i < images; i++) {
            Figure figure = figures[i % figures.length];
            Path place = folder.inside(figure.name().toLowerCase(Locale.ROOT));
            Path file = place.resolve(String.format(Locale.ROOT, "%06d.png", i));
            BufferedImage picture = draw(figure, new Random(seeds.hash("image " + i)));
            if (!ImageIO.write(picture, "png", file.toFile())) {
                throw new IOException(file + ": this Java cannot write PNG pictures");
            }
        }
    }

    private BufferedImage draw(Figure figure, Random random) {
        BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setColor(dark(random));
            graphics.fillRect(0, 0, side, side);
            clutter(graphics, random);
            graphics.setColor(light(random));
            graphics.fill(place(random).createTransformedShape(figure.outline()));
        } finally {
            graphics.dispose();
        }
        noise(picture, random);
        return picture;
    }

    private AffineTransform place(Random random) {
        double size = side * (0.3 + 0.14 * random.nextDouble());
        double slack = 0.6 * (side / 2.0 - size * 0.85);
        AffineTransform transform = AffineTransform.getTranslateInstance(
                side / 2.0 + slack * (2 * random.nextDouble() - 1), side / 2.0 + slack * (2 * random.nextDouble() - 1));
        transform.rotate(0.15 * random.nextGaussian());
        transform.scale(size * (0.85 + 0.3 * random.nextDouble()), size);
        return transform;
    }

    private void clutter(Graphics2D graphics, Random random) {
        int lines = random.nextInt(CLUTTER_LINES);
        for (int i = 0; i < lines; i++) {
            graphics.setColor(colour(random));
            graphics.setStroke(new BasicStroke((float) (side * (0.02 + 0.04 * random.nextDouble()))));
            graphics.draw(new Line2D.Double(
                    side * random.nextDouble(),
                    side * random.nextDouble(),
                    side * random.nextDouble(),
                    side * random.nextDouble()));
        }
    }

    private void noise(BufferedImage picture, Random random) {
        double strength = 4 + 14 * random.nextDouble();
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                int rgb = picture.getRGB(x, y);
                int red = noisy((rgb >> 16) & 0xFF, strength, random);
                int green = noisy((rgb >> 8) & 0xFF, strength, random);
                int blue = noisy(rgb & 0xFF, strength, random);
                picture.setRGB(x, y, (red << 16) | (green << 8) | blue);
            }
        }
    }

    private static int noisy(int level, double strength, Random random) {
        return (int) Math.max(0, Math.min(255, Math.round(level + strength * random.nextGaussian())));
    }

    private static Color colour(Random random) {
        return new Color(random.nextInt(256), random.nextInt(256), random.nextInt(256));
    }

    /** Darker than any figure, so that small nets have something to hold on to. */
    private static Color dark(Random random) {
        return new Color(
                random.nextInt(DARKEST_FIGURE), random.nextInt(DARKEST_FIGURE), random.nextInt(DARKEST_FIGURE));
    }

    private static Color light(Random random) {
        int range = 256 - DARKEST_FIGURE;
        return new Color(
                DARKEST_FIGURE + random.nextInt(range),
                DARKEST_FIGURE + random.nextInt(range),
                DARKEST_FIGURE + random.nextInt(range));
    }
}
