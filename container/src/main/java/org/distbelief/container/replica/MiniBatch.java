package org.distbelief.container.replica;

import java.util.function.IntSupplier;
import org.distbelief.container.kernel.FloatMemory;

/**
 * A mini-batch's inputs and labels, in memory that is allocated once and filled again and again. Inputs are
 * {@code inputUnits x size} floats, row-major: the examples lie next to each other.
 */
public final class MiniBatch {
    private static final int TILE = 64;

    private final int inputUnits;
    private final int capacity;
    private final FloatMemory inputs;
    private final float[][] rows;
    private final float[] column;
    private final int[] labels;
    private int size;

    /**
     * @param inputUnits numbers of an example
     * @param capacity greatest number of examples, at least 1
     */
    public MiniBatch(int inputUnits, int capacity) {
        this.inputUnits = inputUnits;
        this.capacity = capacity;
        this.inputs = FloatMemory.allocate((long) inputUnits * capacity);
        this.rows = new float[TILE][inputUnits];
        this.column = new float[TILE];
        this.labels = new int[capacity];
    }

    /** Bytes off-heap that one takes. */
    static long bytes(int inputUnits, int capacity) {
        return FloatMemory.bytesFor((long) inputUnits * capacity);
    }

    /** Bytes of the Java heap that one takes. */
    static long heapBytes(int inputUnits, int capacity) {
        return (long) TILE * inputUnits * Float.BYTES + (long) capacity * Integer.BYTES;
    }

    /** Copies one example's numbers into an array from index 0 on. */
    @FunctionalInterface
    public interface Source {
        /**
         * @param example which, from 0
         * @param into at least as long as an example
         * @return the example's class
         */
        int copy(int example, float[] into);
    }

    /**
     * Fills the mini-batch.
     *
     * @param count number of examples, from 0 to {@link #capacity}
     * @param source is asked for each example once, in order
     */
    public void fill(int count, Source source) {
        begin(count);
        fill(0, count, source);
    }

    /**
     * Sets the size; every example's numbers and label are to be put next.
     *
     * @param count number of examples, from 0 to {@link #capacity}
     */
    public void begin(int count) {
        if (count < 0 || count > capacity) {
            throw new IllegalArgumentException("expected 0 to " + capacity + " examples, found " + count);
        }
        size = count;
    }

    /**
     * Puts consecutive examples.
     *
     * @param first the first one's place
     * @param source is asked for each example once, in order
     */
    public void fill(int first, int count, Source source) {
        requirePlaces(first, count);
        for (int at = first; at < first + count; at += TILE) {
            int tile = Math.min(TILE, first + count - at);
            for (int i = 0; i < tile; i++) {
                labels[at + i] = source.copy(at + i, rows[i]);
            }
            transpose(at, tile);
        }
    }

    /**
     * Puts one of the numbers of consecutive examples.
     *
     * @param unit which, from 0 to below {@link #inputUnits}
     * @param first the first example's place
     * @param from has the examples' numbers from {@code offset} on
     */
    public void put(int unit, int first, float[] from, int offset, int count) {
        requirePlaces(first, count);
        inputs.write(unit * size + first, from, offset, count);
    }

    /**
     * Puts the classes of consecutive examples.
     *
     * @param first the first example's place
     * @param from has the classes from {@code offset} on
     */
    public void putLabels(int first, int[] from, int offset, int count) {
        requirePlaces(first, count);
        System.arraycopy(from, offset, labels, first, count);
    }

    private void requirePlaces(int first, int count) {
        if (first < 0 || count < 0 || first > size - count) {
            throw new IllegalArgumentException(
                    "expected places from 0 to " + size + ", found " + count + " examples from " + first + " on");
        }
    }

    /**
     * Takes over the size and the labels of a mini-batch whose inputs another partition has.
     *
     * @param count number of examples, from 0 to {@link #capacity}
     * @param nextLabel gives the examples' classes, in order
     */
    void expect(int count, IntSupplier nextLabel) {
        begin(count);
        for (int i = 0; i < count; i++) {
            labels[i] = nextLabel.getAsInt();
        }
    }

    private void transpose(int first, int tile) {
        for (int unit = 0; unit < inputUnits; unit++) {
            for (int i = 0; i < tile; i++) {
                column[i] = rows[i][unit];
            }
            inputs.write(unit * size + first, column, 0, tile);
        }
    }

    /** Numbers of an example. */
    public int inputUnits() {
        return inputUnits;
    }

    /** Greatest number of examples. */
    public int capacity() {
        return capacity;
    }

    /** Number of examples now. */
    public int size() {
        return size;
    }

    /** The inputs; the first {@code inputUnits * size} floats count. */
    public FloatMemory inputs() {
        return inputs;
    }

    /** The examples' classes; the first {@link #size} count. */
    public int[] labels() {
        return labels;
    }
}
