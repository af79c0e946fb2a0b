package org.distbelief.container.partition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.distbelief.container.layer.Region;
import org.distbelief.container.layer.Shape;

/**
 * Cuts pictures of any size alike: into boxes of equal area that are nearly square, any number of them. The longer side
 * is halved again and again; where the number of boxes is odd, in two parts that are as large as their numbers of
 * boxes. One cut serves all layers of a model, so that a box of a layer lies over the same box of the layer below and
 * only borders are exchanged.
 */
final class SpaceCut {
    private final List<Box> boxes = new ArrayList<>();

    /** A box of the unit square. */
    private record Box(double top, double left, double bottom, double right) {}

    /**
     * @param parts number of boxes, at least 1
     * @param height proportion of the pictures
     * @param width proportion of the pictures
     */
    SpaceCut(int parts, int height, int width) {
        cut(new Box(0, 0, 1, 1), parts, height, width);
    }

    private void cut(Box box, int parts, int height, int width) {
        if (parts == 1) {
            boxes.add(box);
            return;
        }
        int first = parts / 2;
        double share = (double) first / parts;
        if ((box.bottom - box.top) * height >= (box.right - box.left) * width) {
            double at = box.top + share * (box.bottom - box.top);
            cut(new Box(box.top, box.left, at, box.right), first, height, width);
            cut(new Box(at, box.left, box.bottom, box.right), parts - first, height, width);
        } else {
            double at = box.left + share * (box.right - box.left);
            cut(new Box(box.top, box.left, box.bottom, at), first, height, width);
            cut(new Box(box.top, at, box.bottom, box.right), parts - first, height, width);
        }
    }

    /** All maps of a box's places; empty where the picture has fewer places than there are boxes. */
    Optional<Region> region(int box, Shape picture) {
        Box part = boxes.get(box);
        int top = at(part.top, picture.height());
        int left = at(part.left, picture.width());
        int height = at(part.bottom, picture.height()) - top;
        int width = at(part.right, picture.width()) - left;
        return height < 1 || width < 1
                ? Optional.empty()
                : Optional.of(new Region(top, left, 0, new Shape(height, width, picture.channels())));
    }

    private static int at(double share, int length) {
        return (int) Math.round(share * length);
    }
}
