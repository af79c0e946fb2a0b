package org.distbelief.container.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.distbelief.conf.SectionReader;
import org.distbelief.container.kernel.Places;
import org.distbelief.container.kernel.Windows;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;

/**
 * How windows are laid over a picture: from its upper left corner on, evenly spaced, as many as fit. With padding they
 * begin outside of it; what lies outside counts as 0 in a filter, and not at all in pooling.
 *
 * @param height rows of a window
 * @param width columns of a window
 * @param strideY rows between two windows
 * @param strideX columns between two windows
 * @param paddingY rows added above and below, less than {@code height}
 * @param paddingX columns added on both sides, less than {@code width}
 */
public record WindowGrid(int height, int width, int strideY, int strideX, int paddingY, int paddingX) {
    private static final Pattern SIDES = Pattern.compile("(\\d{1,6})(?:x(\\d{1,6}))?");

    /**
     * Reads {@code patch}, {@code stride} and {@code padding}: one number for both sides, or {@code ROWSxCOLUMNS}.
     *
     * @param key the name of the window's size
     * @param stride the default; where empty, that of the window's size
     */
    static WindowGrid read(SectionReader settings, Shape input, String key, String stride) {
        int[] patch = sides(settings, key, "", 1, 100_000);
        int[] step = sides(settings, "stride", stride.isEmpty() ? patch[0] + "x" + patch[1] : stride, 1, 100_000);
        int[] padding = sides(settings, "padding", "0", 0, 100_000);
        WindowGrid grid = new WindowGrid(patch[0], patch[1], step[0], step[1], padding[0], padding[1]);
        if (grid.paddingY >= grid.height || grid.paddingX >= grid.width) {
            settings.refuse(
                    "padding",
                    "expected less than the window of " + grid.height + " x " + grid.width + ", found " + grid.paddingY
                            + " x " + grid.paddingX);
            return new WindowGrid(1, 1, 1, 1, 0, 0);
        }
        if (grid.height > input.height() + 2 * grid.paddingY || grid.width > input.width() + 2 * grid.paddingX) {
            settings.refuse(
                    key,
                    "expected a window that fits into the layer's input of " + input.height() + " x " + input.width()
                            + " pixels, found " + grid.height + " x " + grid.width);
            return new WindowGrid(1, 1, 1, 1, 0, 0);
        }
        return grid;
    }

    private static int[] sides(SectionReader settings, String key, String fallback, int least, int most) {
        String text = fallback.isEmpty() ? settings.text(key) : settings.text(key, fallback);
        Matcher matcher = SIDES.matcher(text);
        if (matcher.matches()) {
            int first = Integer.parseInt(matcher.group(1));
            int second = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (Math.min(first, second) >= least && Math.max(first, second) <= most) {
                return new int[] {first, second};
            }
        }
        if (settings.has(key)) {
            settings.refuse(
                    key,
                    "expected a number of pixels from " + least + " to " + most + ", or two of them such as 3x8 (rows x"
                            + " columns), found '" + text + "'");
        }
        return new int[] {1, 1};
    }

    /** The places at which windows of an input lie, with so many maps. */
    Shape output(Shape input, int maps) {
        return new Shape(
                (input.height() + 2 * paddingY - height) / strideY + 1,
                (input.width() + 2 * paddingX - width) / strideX + 1,
                maps);
    }

    /**
     * The pixels in the windows of a region of places; with the last place also those behind its window, so that all
     * places have the whole input.
     *
     * @param channel first channel of the input that is needed
     * @param channels number of channels
     */
    Region needs(Shape input, Region output, int channel, int channels) {
        Shape places = output(input, channels);
        int top = Math.max(0, output.top() * strideY - paddingY);
        int left = Math.max(0, output.left() * strideX - paddingX);
        int bottom = output.bottom() == places.height()
                ? input.height()
                : Math.min(input.height(), (output.bottom() - 1) * strideY - paddingY + height);
        int right = output.right() == places.width()
                ? input.width()
                : Math.min(input.width(), (output.right() - 1) * strideX - paddingX + width);
        return new Region(top, left, channel, new Shape(bottom - top, right - left, channels));
    }

    /** Those of the pixels of {@link #needs} that lie in a window, as boxes in ascending order. */
    List<Region> reads(Shape input, Region output, int channel, int channels) {
        List<Region> boxes = new ArrayList<>();
        for (Range rows : covered(output.top(), output.bottom(), strideY, paddingY, height, input.height())) {
            for (Range columns : covered(output.left(), output.right(), strideX, paddingX, width, input.width())) {
                boxes.add(new Region(
                        (int) rows.start(),
                        (int) columns.start(),
                        channel,
                        new Shape((int) rows.size(), (int) columns.size(), channels)));
            }
        }
        return boxes;
    }

    /**
     * The places of a region whose windows lie in pixels that are there; counted from the region's first.
     *
     * @param available pixels of all channels
     */
    Places inner(Shape input, Region output, Region available) {
        Optional<Range> rows = inside(
                output.top(),
                output.bottom(),
                strideY,
                paddingY,
                height,
                input.height(),
                available.top(),
                available.bottom());
        Optional<Range> columns = inside(
                output.left(),
                output.right(),
                strideX,
                paddingX,
                width,
                input.width(),
                available.left(),
                available.right());
        if (rows.isEmpty() || columns.isEmpty() || available.shape().channels() < input.channels()) {
            return new Places(0, 0, 0, 0);
        }
        return new Places(
                (int) rows.get().start() - output.top(),
                (int) columns.get().start() - output.left(),
                (int) rows.get().end() - output.top(),
                (int) columns.get().end() - output.left());
    }

    /** Along one axis, the places from {@code from} to below {@code to} whose windows need no pixel but those there. */
    private static Optional<Range> inside(
            int from, int to, int stride, int padding, int window, int pixels, int first, int end) {
        int start = from;
        while (start < to && Math.max(0, start * stride - padding) < first) {
            start++;
        }
        int stop = start;
        while (stop < to && Math.min(pixels, stop * stride - padding + window) <= end) {
            stop++;
        }
        return start == stop ? Optional.empty() : Optional.of(new Range(start, stop));
    }

    /** Along one axis, the pixels in the windows of places from {@code from} to below {@code to}. */
    private static RangeSet covered(int from, int to, int stride, int padding, int window, int pixels) {
        List<Range> ranges = new ArrayList<>();
        for (int place = from; place < to; place++) {
            int start = Math.max(0, place * stride - padding);
            int end = Math.min(pixels, place * stride - padding + window);
            ranges.add(new Range(start, end));
        }
        return RangeSet.of(ranges);
    }

    /** The windows of a region of places, on memory that holds just what {@link #needs} says. */
    Windows windows(Region in, Region output) {
        return new Windows(
                in.shape().height(),
                in.shape().width(),
                in.shape().channels(),
                output.shape().height(),
                output.shape().width(),
                height,
                width,
                strideY,
                strideX,
                output.top() * strideY - paddingY - in.top(),
                output.left() * strideX - paddingX - in.left());
    }
}
