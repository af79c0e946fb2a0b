package org.distbelief.container.data;

import java.util.List;

/**
 * Brings features to mean 0 and variance 1: (x - mean) / sqrt(variance). A feature that never varies only loses its
 * mean.
 */
public final class Normalisation {
    private static final double NO_VARIANCE = 1e-10;
    private static final int BYTES = 256;

    private final float[] mean;
    private final float[] factor;

    /**
     * @param mean per feature
     * @param variance per feature
     */
    public Normalisation(List<Double> mean, List<Double> variance) {
        this.mean = new float[mean.size()];
        this.factor = new float[mean.size()];
        for (int i = 0; i < factor.length; i++) {
            this.mean[i] = mean.get(i).floatValue();
            this.factor[i] = variance.get(i) > NO_VARIANCE ? (float) (1 / Math.sqrt(variance.get(i))) : 1;
        }
    }

    /** In place, for whole vectors of features one after the other. */
    public void apply(float[] features, int offset, int count) {
        for (int start = offset; start < offset + count; start += mean.length) {
            for (int i = 0; i < mean.length; i++) {
                features[start + i] = (features[start + i] - mean[i]) * factor[i];
            }
        }
    }

    /** For each feature, the normalised value of each byte from 0 to 255. */
    float[][] tables() {
        float[][] tables = new float[mean.length][BYTES];
        for (int i = 0; i < mean.length; i++) {
            for (int value = 0; value < BYTES; value++) {
                tables[i][value] = (value - mean[i]) * factor[i];
            }
        }
        return tables;
    }
}
