package org.distbelief.container.loss;

import com.google.auto.service.AutoService;
import org.distbelief.conf.SectionReader;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;

/**
 * Each output unit is a logistic regression of its own, "this class or any other", as the paper's image net has them
 * (section 5): probabilities p = 1 / (1 + exp(-output)), which need not sum to 1. The loss of an example is the sum of
 * -log p of the right class and -log(1 - p) of all others. It is taken from the outputs themselves and so stays exact
 * where p is too near 0 or 1 for a float.
 */
public record OneVsAllLogistic() implements Loss {
    @Override
    public double gradient(
            Kernels kernels, OutputUnits units, int batch, FloatMemory outputs, int[] labels, OtherRegions others) {
        float share = 1f / batch;
        double sum = loss(kernels, units, batch, share, outputs, labels);
        for (int i = 0; i < batch; i++) {
            int unit = units.index(labels[i]);
            if (unit >= 0) {
                int at = unit * batch + i;
                outputs.put(at, outputs.get(at) - share);
            }
        }
        return sum;
    }

    @Override
    public void predict(Kernels kernels, int units, int batch, FloatMemory outputs) {
        kernels.logistic(units * batch, 1, outputs);
    }

    @Override
    public double score(Kernels kernels, int units, int batch, FloatMemory outputs, int[] labels) {
        return loss(kernels, OutputUnits.all(units), batch, 1, outputs, labels);
    }

    @Override
    public boolean probabilities() {
        return true;
    }

    /**
     * Turns outputs x into scale * p. As log p = x + log(1 - p), the loss is the sum of -log(1 - p), less the right x.
     */
    private static double loss(
            Kernels kernels, OutputUnits units, int batch, float scale, FloatMemory outputs, int[] labels) {
        double right = 0;
        for (int i = 0; i < batch; i++) {
            int unit = units.index(labels[i]);
            right += unit < 0 ? 0 : outputs.get(unit * batch + i);
        }
        return kernels.logistic(units.count() * batch, scale, outputs) - right;
    }

    /** In the job file: {@code oneVsAllLogistic}, without settings. */
    @AutoService(LossType.class)
    public static final class Type implements LossType {
        @Override
        public String name() {
            return "oneVsAllLogistic";
        }

        @Override
        public Loss read(SectionReader settings) {
            return new OneVsAllLogistic();
        }
    }
}
