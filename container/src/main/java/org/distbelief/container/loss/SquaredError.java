package org.distbelief.container.loss;

import com.google.auto.service.AutoService;
import org.distbelief.conf.SectionReader;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;

/**
 * Half the squared distance of the outputs to those wanted, 1 for the right class and 0 for all others. The outputs are
 * the scores as they are; they are no probabilities and may be negative.
 */
public record SquaredError() implements Loss {
    @Override
    public double gradient(
            Kernels kernels, OutputUnits units, int batch, FloatMemory outputs, int[] labels, OtherRegions others) {
        double sum = loss(kernels, units, batch, outputs, labels);
        float share = 1f / batch;
        kernels.scale(units.count() * batch, share, outputs);
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
        // The outputs are the scores.
    }

    @Override
    public double score(Kernels kernels, int units, int batch, FloatMemory outputs, int[] labels) {
        return loss(kernels, OutputUnits.all(units), batch, outputs, labels);
    }

    private static double loss(Kernels kernels, OutputUnits units, int batch, FloatMemory outputs, int[] labels) {
        double sum = kernels.sumOfSquares(units.count() * batch, outputs);
        for (int i = 0; i < batch; i++) {
            int unit = units.index(labels[i]);
            // (x - 1)^2 in place of x^2.
            sum += unit < 0 ? 0 : 1 - 2.0 * outputs.get(unit * batch + i);
        }
        return sum / 2;
    }

    @Override
    public boolean probabilities() {
        return false;
    }

    /** In the job file: {@code squaredError}, without settings. */
    @AutoService(LossType.class)
    public static final class Type implements LossType {
        @Override
        public String name() {
            return "squaredError";
        }

        @Override
        public Loss read(SectionReader settings) {
            return new SquaredError();
        }
    }
}
