package org.distbelief.container.kernel;

import java.util.Arrays;

/** A linear map along one axis in which each output is a weighted sum of neighbouring inputs. Immutable. */
final class Band {
    private final int inputs;
    private final int[] first;
    private final float[][] weights;

    /**
     * Takes the arrays over.
     *
     * @param inputs number of inputs
     * @param first for each output, its first input
     * @param weights for each output, the weights of the inputs from its first one on
     */
    private Band(int inputs, int[] first, float[][] weights) {
        this.inputs = inputs;
        this.first = first;
        this.weights = weights;
    }

    /**
     * Weighted means: the output at each place is the mean of the inputs around it, weighted by a bell curve. At the
     * edges of the picture the weights of the inputs that are left make up for the others.
     *
     * @param length of the picture
     * @param from first place of the outputs
     * @param outputs number of outputs
     * @param inFrom first place of the inputs; these must hold all that the outputs need
     * @param inputs number of inputs
     * @param radius of the window
     * @param deviation of the bell curve, in pixels
     */
    static Band means(int length, int from, int outputs, int inFrom, int inputs, int radius, double deviation) {
        int[] first = new int[outputs];
        float[][] weights = new float[outputs][];
        for (int i = 0; i < outputs; i++) {
            int center = from + i;
            int start = Math.max(0, center - radius);
            int end = Math.min(length, center + radius + 1);
            if (start < inFrom || end > inFrom + inputs) {
                throw new IllegalArgumentException("expected inputs from " + start + " to " + end + ", found " + inputs
                        + " from " + inFrom + " on");
            }
            double[] bell = new double[end - start];
            for (int k = 0; k < bell.length; k++) {
                double distance = start + k - center;
                bell[k] = Math.exp(-distance * distance / (2 * deviation * deviation));
            }
            double sum = Arrays.stream(bell).sum();
            first[i] = start - inFrom;
            weights[i] = new float[bell.length];
            for (int k = 0; k < bell.length; k++) {
                weights[i][k] = (float) (bell[k] / sum);
            }
        }
        return new Band(inputs, first, weights);
    }

    /** Number of outputs. */
    int outputs() {
        return first.length;
    }

    /** The weight of an input in an output. */
    float at(int output, int input) {
        int k = input - first[output];
        return k < 0 || k >= weights[output].length ? 0 : weights[output][k];
    }

    /** The map that carries gradients back. */
    Band transposed() {
        int[] starts = new int[inputs];
        float[][] turned = new float[inputs][];
        for (int i = 0; i < inputs; i++) {
            int start = 0;
            while (start < outputs() && at(start, i) == 0) {
                start++;
            }
            int end = outputs();
            while (end > start && at(end - 1, i) == 0) {
                end--;
            }
            starts[i] = start == outputs() ? 0 : start;
            turned[i] = new float[start == outputs() ? 0 : end - start];
            for (int k = 0; k < turned[i].length; k++) {
                turned[i][k] = at(start + k, i);
            }
        }
        return new Band(outputs(), starts, turned);
    }

    /** Appends inputs, outputs, width and for each output its first input and its weights, all of one width. */
    int write(FloatMemory table, int at) {
        int width = width();
        table.put(at, inputs);
        table.put(at + 1, outputs());
        table.put(at + 2, width);
        int next = at + 3;
        for (int i = 0; i < outputs(); i++) {
            // Where the weights are fewer than the width, zeros fill up; the first input moves so that all are inside.
            int start = Math.min(first[i], inputs - width);
            table.put(next++, start);
            for (int k = 0; k < width; k++) {
                table.put(next++, at(i, start + k));
            }
        }
        return next;
    }

    /** Floats that {@link #write} takes. */
    int tableSize() {
        return 3 + outputs() * (width() + 1);
    }

    private int width() {
        int width = 1;
        for (float[] row : weights) {
            width = Math.max(width, row.length);
        }
        return width;
    }
}
