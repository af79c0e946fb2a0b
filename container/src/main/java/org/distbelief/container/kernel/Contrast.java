package org.distbelief.container.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The geometry of local contrast normalisation (paper, section 5; Jarrett et al. 2009), for one region of the output.
 * With the means weighted by a bell curve over a window, cut at the picture's edges, and taken over all maps:
 *
 * <pre>v = x - mean(x),   y = v / max(floor, sqrt(mean(v * v)))</pre>
 *
 * <p>The region's outputs need v around them, and that needs x around it: three regions in one another. For one thread.
 */
public final class Contrast {
    private static final int REGIONS = 3;

    private final int[] height = new int[REGIONS];
    private final int[] width = new int[REGIONS];
    private final int[] top = new int[REGIONS];
    private final int[] left = new int[REGIONS];
    private final int maps;
    private final float floor;
    private final Band[] rows = new Band[REGIONS - 1];
    private final Band[] columns = new Band[REGIONS - 1];
    private @Nullable FloatMemory table;

    /**
     * Prepares a region.
     *
     * @param pictureHeight rows of the whole picture
     * @param pictureWidth columns of the whole picture
     * @param maps number of maps
     * @param top first row of the region
     * @param left first column of the region
     * @param height rows of the region
     * @param width columns of the region
     * @param window side of the window, odd
     * @param deviation of the bell curve in pixels, above 0
     * @param floor least divisor, above 0
     */
    public Contrast(
            int pictureHeight,
            int pictureWidth,
            int maps,
            int top,
            int left,
            int height,
            int width,
            int window,
            double deviation,
            float floor) {
        if (window < 1 || window % 2 == 0 || !(deviation > 0) || !(floor > 0) || maps < 1) {
            throw new IllegalArgumentException("expected an odd window, a deviation and a floor above 0 and at least 1"
                    + " map, found " + window + ", " + deviation + ", " + floor + " and " + maps);
        }
        this.maps = maps;
        this.floor = floor;
        int radius = window / 2;
        for (int i = 0; i < REGIONS; i++) {
            int around = (REGIONS - 1 - i) * radius;
            this.top[i] = Math.max(0, top - around);
            this.left[i] = Math.max(0, left - around);
            this.height[i] = Math.min(pictureHeight, top + height + around) - this.top[i];
            this.width[i] = Math.min(pictureWidth, left + width + around) - this.left[i];
        }
        for (int i = 0; i + 1 < REGIONS; i++) {
            rows[i] = Band.means(
                    pictureHeight, this.top[i + 1], this.height[i + 1], this.top[i], this.height[i], radius, deviation);
            columns[i] = Band.means(
                    pictureWidth, this.left[i + 1], this.width[i + 1], this.left[i], this.width[i], radius, deviation);
        }
    }

    private FloatMemory table() {
        int size = 4 * REGIONS + 2;
        for (int i = 0; i + 1 < REGIONS; i++) {
            size += rows[i].tableSize() + columns[i].tableSize();
            size += rows[i].transposed().tableSize() + columns[i].transposed().tableSize();
        }
        FloatMemory memory = FloatMemory.allocate(size);
        int at = 0;
        for (int i = 0; i < REGIONS; i++) {
            memory.put(at++, height[i]);
            memory.put(at++, width[i]);
            memory.put(at++, top[i] - top[0]);
            memory.put(at++, left[i] - left[0]);
        }
        memory.put(at++, maps);
        memory.put(at++, floor);
        for (int i = 0; i + 1 < REGIONS; i++) {
            at = rows[i].write(memory, at);
            at = columns[i].write(memory, at);
            at = rows[i].transposed().write(memory, at);
            at = columns[i].transposed().write(memory, at);
        }
        return memory;
    }

    /** Everything above as numbers, for the native kernels; made when first asked for. */
    FloatMemory asTable() {
        FloatMemory made = table;
        if (made == null) {
            made = table();
            table = made;
        }
        return made;
    }

    /** First row of the input in the picture. */
    public int inputTop() {
        return top[0];
    }

    /** First column of the input in the picture. */
    public int inputLeft() {
        return left[0];
    }

    /** Rows of the input. */
    public int inputHeight() {
        return height[0];
    }

    /** Columns of the input. */
    public int inputWidth() {
        return width[0];
    }

    /** Units of the input: what {@link Kernels#contrast} reads. */
    public int inputs() {
        return height[0] * width[0] * maps;
    }

    /** Units of the output. */
    public int outputs() {
        return height[2] * width[2] * maps;
    }

    /** Floats for each example that both directions need to work in: three planes that are kept, and five rings. */
    public int workUnits() {
        return 8 * height[0] * width[0];
    }

    int maps() {
        return maps;
    }

    float floor() {
        return floor;
    }

    /** Rows of a region: 0 the input, 1 the middle, 2 the output. */
    int height(int region) {
        return height[region];
    }

    int width(int region) {
        return width[region];
    }

    /** The weight of a place of a region in the mean at a place of the next region. */
    float weight(int region, int y, int x, int nextY, int nextX) {
        return rows[region].at(nextY, y) * columns[region].at(nextX, x);
    }

    /** The index, in one region, of a place of another one; -1 where it lies outside. */
    int place(int from, int y, int x, int to) {
        int row = y + top[from] - top[to];
        int column = x + left[from] - left[to];
        return row < 0 || column < 0 || row >= height[to] || column >= width[to] ? -1 : row * width[to] + column;
    }
}
