package org.distbelief.ingest.speech;

/**
 * Changes the sample rate by a rational factor with a windowed-sinc low-pass filter of linear phase: nothing moves in
 * time. Beyond its ends a recording counts as silent. Immutable apart from cached filter phases: one instance per
 * thread.
 */
final class Resampler {
    /** Zero crossings of the sinc on each side: sets how sharp the filter is. */
    private static final int CROSSINGS = 32;
    /** Kaiser window: about 90 dB of attenuation. */
    private static final double BETA = 9.0;
    /** Where the filter cuts, as a part of the lower of the two Nyquist frequencies. */
    private static final double ROLL_OFF = 0.94;
    /** Above this many phases they are computed each time instead of kept. */
    private static final int MAX_CACHED_PHASES = 2048;

    private final int up;
    private final int down;
    private final double cutoff;
    private final int reach;
    private final double[][] phases;

    /** From one rate to another, in samples per second. */
    Resampler(int fromRate, int toRate) {
        int divisor = gcd(fromRate, toRate);
        this.up = toRate / divisor;
        this.down = fromRate / divisor;
        this.cutoff = ROLL_OFF * Math.min(1.0, (double) toRate / fromRate);
        this.reach = (int) Math.ceil(CROSSINGS / cutoff);
        this.phases = new double[up <= MAX_CACHED_PHASES ? up : 0][];
    }

    /** Samples that come of so many: the same duration, rounded up. */
    int outputLength(int inputLength) {
        return Math.toIntExact(((long) inputLength * up + down - 1) / down);
    }

    /** The recording at the new rate. */
    float[] resample(float[] input) {
        float[] output = new float[outputLength(input.length)];
        for (int i = 0; i < output.length; i++) {
            long position = (long) i * down;
            int centre = (int) (position / up);
            double[] taps = taps((int) (position % up));
            int first = centre - reach + 1;
            int from = Math.max(0, -first);
            int to = Math.min(taps.length, input.length - first);
            double sum = 0;
            for (int k = from; k < to; k++) {
                sum += taps[k] * input[first + k];
            }
            output[i] = (float) sum;
        }
        return output;
    }

    private double[] taps(int phase) {
        if (phases.length == 0) {
            return computeTaps(phase);
        }
        double[] cached = phases[phase];
        if (cached == null) {
            cached = computeTaps(phase);
            phases[phase] = cached;
        }
        return cached;
    }

    /** Weights of the input samples around an output that lies phase / up behind an input sample; they sum to 1. */
    private double[] computeTaps(int phase) {
        double[] taps = new double[2 * reach];
        double sum = 0;
        for (int k = 0; k < taps.length; k++) {
            double distance = k - reach + 1 - (double) phase / up;
            taps[k] = sinc(cutoff * distance) * kaiser(distance / reach);
            sum += taps[k];
        }
        for (int k = 0; k < taps.length; k++) {
            taps[k] /= sum;
        }
        return taps;
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    private static double kaiser(double x) {
        return Math.abs(x) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
    }

    /** The modified Bessel function of the first kind and order 0, by its power series. */
    private static double bessel(double x) {
        double sum = 1;
        double term = 1;
        for (int k = 1; term > 1e-17 * sum; k++) {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
