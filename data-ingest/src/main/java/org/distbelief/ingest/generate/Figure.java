package org.distbelief.ingest.generate;

import java.awt.Shape;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/** What the synthetic pictures show, drawn in a square from -1 to 1. */
enum Figure {
    CIRCLE,
    SQUARE,
    TRIANGLE,
    STAR,
    CROSS,
    RING,
    CRESCENT,
    STRIPES,
    CHECKERBOARD,
    DOTS;

    Shape outline() {
        return switch (this) {
            case CIRCLE -> new Ellipse2D.Double(-0.85, -0.85, 1.7, 1.7);
            case SQUARE -> new Rectangle2D.Double(-0.8, -0.8, 1.6, 1.6);
            case TRIANGLE -> polygon(3, 1, 1);
            case STAR -> polygon(10, 1, 0.42);
            case CROSS -> cross();
            case RING -> without(new Ellipse2D.Double(-0.9, -0.9, 1.8, 1.8), new Ellipse2D.Double(-0.5, -0.5, 1, 1));
            case CRESCENT ->
                without(new Ellipse2D.Double(-0.9, -0.9, 1.8, 1.8), new Ellipse2D.Double(-0.35, -0.75, 1.5, 1.5));
            case STRIPES -> stripes();
            case CHECKERBOARD -> checkerboard();
            case DOTS -> dots();
        };
    }

    private static Shape polygon(int corners, double outer, double inner) {
        Path2D path = new Path2D.Double();
        for (int i = 0; i < corners; i++) {
            double angle = 2 * StrictMath.PI * i / corners;
            double radius = i % 2 == 0 || corners == 3 ? outer : inner;
            double x = radius * StrictMath.sin(angle);
            double y = -radius * StrictMath.cos(angle);
            if (i == 0) {
                path.moveTo(x, y);
            } else {
                path.lineTo(x, y);
            }
        }
        path.closePath();
        return path;
    }

    private static Shape without(Shape whole, Shape hole) {
        Area area = new Area(whole);
        area.subtract(new Area(hole));
        return area;
    }

    private static Shape cross() {
        Area area = new Area(new Rectangle2D.Double(-0.9, -0.28, 1.8, 0.56));
        area.add(new Area(new Rectangle2D.Double(-0.28, -0.9, 0.56, 1.8)));
        return area;
    }

    private static Shape stripes() {
        Path2D path = new Path2D.Double();
        for (int i = 0; i < 4; i++) {
            path.append(new Rectangle2D.Double(-1, -1 + 0.5 * i, 2, 0.25), false);
        }
        return path;
    }

    private static Shape checkerboard() {
        Path2D path = new Path2D.Double();
        for (int row = 0; row < 4; row++) {
            for (int column = row % 2; column < 4; column += 2) {
                path.append(new Rectangle2D.Double(-1 + 0.5 * column, -1 + 0.5 * row, 0.5, 0.5), false);
            }
        }
        return path;
    }

    private static Shape dots() {
        Path2D path = new Path2D.Double();
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 3; column++) {
                path.append(new Ellipse2D.Double(-0.95 + 0.68 * column, -0.95 + 0.68 * row, 0.5, 0.5), false);
            }
        }
        return path;
    }
}
