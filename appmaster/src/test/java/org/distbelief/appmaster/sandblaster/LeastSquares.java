package org.distbelief.appmaster.sandblaster;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** Portions of examples of a loss that is no quadratic: log(1 + (a x - b)^2) + 0.05 (a x)^2. */
final class LeastSquares {
    private final double[][][] inputs;
    private final double[][] targets;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    LeastSquares(long seed, int portions, int examples, int parameters) {
        Random random = new Random(seed);
        inputs = new double[portions][][];
        targets = new double[portions][];
        for (int p = 0; p < portions; p++) {
            int size = 1 + random.nextInt(examples);
            inputs[p] = new double[size][parameters];
            targets[p] = new double[size];
            for (int e = 0; e < size; e++) {
                for (int i = 0; i < parameters; i++) {
                    inputs[p][e][i] = random.nextGaussian();
                }
                targets[p][e] = random.nextGaussian();
            }
        }
    }

    List<BatchPortion> portions() {
        return IntStream.range(0, inputs.length)
                .mapToObj(p -> new BatchPortion(p, examplesOf(p), List.of()))
                .toList();
    }

    int examplesOf(int portion) {
        return inputs[portion].length;
    }

    /** Nobody computes until it is {@link #open opened}. */
    void close() {
        gate = new CountDownLatch(1);
    }

    void open() {
        gate.countDown();
    }

    /** Waits while it is closed. */
    void pass() throws InterruptedException {
        gate.await();
    }

    /** The sum of the examples' losses; the gradient's is added to {@code gradient}. */
    double portion(int portion, double[] point, double[] gradient) {
        double loss = 0;
        for (int e = 0; e < inputs[portion].length; e++) {
            double product = 0;
            for (int i = 0; i < point.length; i++) {
                product += inputs[portion][e][i] * point[i];
            }
            double off = product - targets[portion][e];
            loss += Math.log1p(off * off) + 0.05 * product * product;
            double slope = 2 * off / (1 + off * off) + 0.1 * product;
            for (int i = 0; i < point.length; i++) {
                gradient[i] += slope * inputs[portion][e][i];
            }
        }
        return loss;
    }
}
