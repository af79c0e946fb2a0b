package org.distbelief.ingest.speech;

/**
 * The discrete Fourier transform of real numbers, as a complex transform of half the length. Keeps scratch memory: one
 * instance per thread.
 */
final class RealFft {
    private final int size;
    private final int half;
    private final double[] cos;
    private final double[] sin;
    private final int[] reversed;
    private final double[] re;
    private final double[] im;

    /** Of a length that is a power of two, at least 2. */
    RealFft(int size) {
        if (size < 2 || Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException("expected a power of two of at least 2, found " + size);
        }
        this.size = size;
        this.half = size / 2;
        this.cos = new double[half];
        this.sin = new double[half];
        for (int i = 0; i < half; i++) {
            cos[i] = Math.cos(2 * Math.PI * i / size);
            sin[i] = Math.sin(2 * Math.PI * i / size);
        }
        this.reversed = new int[half];
        for (int i = 1; i < half; i++) {
            reversed[i] = reversed[i >> 1] >> 1 | ((i & 1) != 0 ? half >> 1 : 0);
        }
        this.re = new double[half];
        this.im = new double[half];
    }

    /**
     * Squared magnitudes of the transform.
     *
     * @param signal {@code size} numbers, left as they are
     * @param power receives size / 2 + 1 numbers
     */
    void power(double[] signal, double[] power) {
        for (int i = 0; i < half; i++) {
            int from = 2 * reversed[i];
            re[i] = signal[from];
            im[i] = signal[from + 1];
        }
        transform();
        power[0] = square(re[0] + im[0]);
        power[half] = square(re[0] - im[0]);
        for (int k = 1; k < half; k++) {
            int mirror = half - k;
            double evenRe = (re[k] + re[mirror]) / 2;
            double evenIm = (im[k] - im[mirror]) / 2;
            double oddRe = (im[k] + im[mirror]) / 2;
            double oddIm = (re[mirror] - re[k]) / 2;
            double c = cos[k];
            double s = sin[k];
            power[k] = square(evenRe + c * oddRe + s * oddIm) + square(evenIm + c * oddIm - s * oddRe);
        }
    }

    /** In place, from bit-reversed order. */
    private void transform() {
        for (int span = 1; span < half; span *= 2) {
            int stride = size / (2 * span);
            for (int block = 0; block < half; block += 2 * span) {
                for (int k = 0; k < span; k++) {
                    int a = block + k;
                    int b = a + span;
                    double c = cos[k * stride];
                    double s = sin[k * stride];
                    double tr = re[b] * c + im[b] * s;
                    double ti = im[b] * c - re[b] * s;
                    re[b] = re[a] - tr;
                    im[b] = im[a] - ti;
                    re[a] += tr;
                    im[a] += ti;
                }
            }
        }
    }

    private static double square(double x) {
        return x * x;
    }
}
