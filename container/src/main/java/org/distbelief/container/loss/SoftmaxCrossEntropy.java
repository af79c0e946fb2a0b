package org.distbelief.container.loss;

import com.google.auto.service.AutoService;
import org.distbelief.conf.SectionReader;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;

/**
 * Exactly one class is right: probabilities p = softmax(outputs), loss = -log p of the right class. A probability that
 * is too small for a float counts as the smallest normal one, a loss of 87.3.
 */
public record SoftmaxCrossEntropy() implements Loss {
    @Override
    public double gradient(Kernels kernels, int units, int batch, FloatMemory outputs, int[] labels) {
        float share = 1f / batch;
        kernels.softmax(units, batch, share, outputs);
        double sum = loss(batch, share, outputs, labels);
        for (int i = 0; i < batch; i++) {
            int at = labels[i] * batch + i;
            outputs.put(at, outputs.get(at) - share);
        }
        return sum;
    }

    @Override
    public void predict(Kernels kernels, int units, int batch, FloatMemory outputs) {
        kernels.softmax(units, batch, 1, outputs);
    }

    @Override
    public double score(Kernels kernels, int units, int batch, FloatMemory outputs, int[] labels) {
        kernels.softmax(units, batch, 1, outputs);
        return loss(batch, 1, outputs, labels);
    }

    @Override
    public boolean probabilities() {
        return true;
    }

    /** The sum of the losses of probabilities that were multiplied by {@code scale}. */
    private static double loss(int batch, float scale, FloatMemory scaled, int[] labels) {
        double sum = 0;
        for (int i = 0; i < batch; i++) {
            double p = scaled.get(labels[i] * batch + i) / (double) scale;
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
