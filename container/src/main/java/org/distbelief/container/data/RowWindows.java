package org.distbelief.container.data;

import org.distbelief.container.model.ModelDescription;

/** Makes a model's examples of rows of raw features that come from outside a data set. */
public final class RowWindows {
    private final Normalisation normalisation;
    private final int dimension;
    private final int context;

    /** @param model whose examples are made */
    public RowWindows(ModelDescription model) {
        this.normalisation = new Normalisation(model.mean(), model.variance());
        this.dimension = model.featureDimension();
        this.context = model.context();
    }

    /**
     * Normalises rows.
     *
     * @return new rows
     * @throws IllegalArgumentException where a row has not as many numbers as the model's features
     */
    public float[][] of(float[][] rows) {
        float[][] normal = new float[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != dimension) {
                throw new IllegalArgumentException(
                        "row " + i + ": expected " + dimension + " numbers, found " + rows[i].length);
            }
            normal[i] = rows[i].clone();
            normalisation.apply(normal[i], 0, dimension);
        }
        return normal;
    }

    /** Copies a row with its context, the first and the last row repeated at the edges. */
    public void copy(float[][] normal, int row, float[] into) {
        for (int offset = -context; offset <= context; offset++) {
            int from = Math.max(0, Math.min(normal.length - 1, row + offset));
            System.arraycopy(normal[from], 0, into, (offset + context) * dimension, dimension);
        }
    }
}
