package org.distbelief.ingest.job;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** Sums from which mean and variance of each feature follow. */
final class Moments {
    private final double[] sums;
    private final double[] squares;
    private long count;

    Moments(int dimension) {
        this.sums = new double[dimension];
        this.squares = new double[dimension];
    }

    /** As they were written by {@link #sums} and {@link #squares}. */
    Moments(long count, List<Double> sums, List<Double> squares) {
        this.count = count;
        this.sums = sums.stream().mapToDouble(Double::doubleValue).toArray();
        this.squares = squares.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Adds rows of features. */
    void addRows(FloatBuffer rows, int rowCount) {
        int at = rows.position();
        for (int row = 0; row < rowCount; row++) {
            for (int i = 0; i < sums.length; i++) {
                double x = rows.get(at++);
                sums[i] += x;
                squares[i] += x * x;
            }
        }
        count += rowCount;
    }

    /** Adds pixels of as many channels as there are features. */
    void addPixels(ByteBuffer pixels) {
        for (int at = pixels.position(); at < pixels.limit(); at += sums.length) {
            for (int i = 0; i < sums.length; i++) {
                double x = pixels.get(at + i) & 0xFF;
                sums[i] += x;
                squares[i] += x * x;
            }
            count++;
        }
    }

    void add(Moments other) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += other.sums[i];
            squares[i] += other.squares[i];
        }
        count += other.count;
    }

    long count() {
        return count;
    }

    List<Double> sums() {
        return DoubleStream.of(sums).boxed().toList();
    }

    List<Double> squares() {
        return DoubleStream.of(squares).boxed().toList();
    }

    /** Of at least one row. */
    List<Double> mean() {
        return DoubleStream.of(sums).map(s -> s / count).boxed().toList();
    }

    /** Of at least one row; divided by their number. */
    List<Double> variance() {
        List<Double> variance = new ArrayList<>();
        for (int i = 0; i < sums.length; i++) {
            double mean = sums[i] / count;
            variance.add(Math.max(0, squares[i] / count - mean * mean));
        }
        return variance;
    }
}
