package org.distbelief.container.loss;

import com.google.auto.service.AutoService;
import java.util.List;
import org.distbelief.conf.SectionReader;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;

/**
 * Exactly one class is right: probabilities p = softmax(outputs), loss = -log p of the right class. A probability that
 * is too small for a float counts as the smallest normal one, a loss of 87.3.
 */
public record SoftmaxCrossEntropy() implements Loss {
    /** The greatest output and the sum over all. */
    private static final int TOLD = 2;

    @Override
    public double gradient(
            Kernels kernels, OutputUnits units, int batch, FloatMemory outputs, int[] labels, OtherRegions others) {
        float share = 1f / batch;
        if (others == OtherRegions.NONE) {
            kernels.softmax(units.count(), batch, share, outputs);
        } else {
            FloatMemory sums = others.memory(0, TOLD * batch);
            FloatMemory factors = others.memory(1, batch);
            kernels.softmax(units.count(), batch, share, outputs, sums);
            fill(factors, batch, sums, others.tell(sums));
            kernels.scaleColumns(units.count(), batch, factors, outputs);
        }
        double sum = loss(units, batch, share, outputs, labels);
        for (int i = 0; i < batch; i++) {
            int unit = units.index(labels[i]);
            if (unit >= 0) {
                int at = unit * batch + i;
                outputs.put(at, outputs.get(at) - share);
            }
        }
        return sum;
    }

    /** What part of the sum over all regions is that of this one, for each example. */
    private static void fill(FloatMemory factors, int batch, FloatMemory own, List<FloatMemory> all) {
        for (int i = 0; i < batch; i++) {
            double greatest = Double.NEGATIVE_INFINITY;
            for (FloatMemory sums : all) {
                greatest = Math.max(greatest, sums.get(i));
            }
            double total = 0;
            for (FloatMemory sums : all) {
                total += sums.get(batch + i) * Math.exp(sums.get(i) - greatest);
            }
            factors.put(i, (float) (own.get(batch + i) * Math.exp(own.get(i) - greatest) / total));
        }
    }

    @Override
    public int toldToOthers() {
        return TOLD;
    }

    @Override
    public void predict(Kernels kernels, int units, int batch, FloatMemory outputs) {
        kernels.softmax(units, batch, 1, outputs);
    }

    @Override
    public double score(Kernels kernels, int units, int batch, FloatMemory outputs, int[] labels) {
        kernels.softmax(units, batch, 1, outputs);
        return loss(OutputUnits.all(units), batch, 1, outputs, labels);
    }

    @Override
    public boolean probabilities() {
        return true;
    }

    /** The sum of the losses of probabilities that were multiplied by {@code scale}. */
    private static double loss(OutputUnits units, int batch, float scale, FloatMemory scaled, int[] labels) {
        double sum = 0;
        for (int i = 0; i < batch; i++) {
            int unit = units.index(labels[i]);
            if (unit < 0) {
                continue;
            }
            double p = scaled.get(unit * batch + i) / (double) scale;
            // Not Math.max, which would hide that p is not a number.
            sum -= Math.log(p < Float.MIN_NORMAL ? Float.MIN_NORMAL : p);
        }
        return sum;
    }

    /** In the job file: {@code softmaxCrossEntropy}, without settings. */
    @AutoService(LossType.class)
    public static final class Type implements LossType {
        @Override
        public String name() {
            return "softmaxCrossEntropy";
        }

        @Override
        public Loss read(SectionReader settings) {
            return new SoftmaxCrossEntropy();
        }
    }
}
