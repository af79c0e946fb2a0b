package org.distbelief.ingest.speech;

import java.util.Arrays;
import org.distbelief.dataset.SpeechSettings;

/** Triangular filters, equally spaced and half overlapping on the scale m(f) = 1127 ln(1 + f / 700). Immutable. */
final class MelFilterbank {
    private final int[] first;
    private final double[][] weights;

    MelFilterbank(SpeechSettings settings) {
        int bands = settings.bands();
        int bins = settings.fftSize() / 2 + 1;
        double low = mel(settings.lowHz());
        double step = (mel(settings.highHz()) - low) / (bands + 1);
        this.first = new int[bands];
        this.weights = new double[bands][];
        for (int band = 0; band < bands; band++) {
            double left = low + band * step;
            double centre = left + step;
            double right = centre + step;
            double[] all = new double[bins];
            int from = bins;
            int to = 0;
            for (int bin = 0; bin < bins; bin++) {
                double m = mel((double) bin * settings.sampleRate() / settings.fftSize());
                all[bin] = Math.max(0, Math.min((m - left) / (centre - left), (right - m) / (right - centre)));
                if (all[bin] > 0) {
                    from = Math.min(from, bin);
                    to = bin + 1;
                }
            }
            first[band] = Math.min(from, to);
            weights[band] = Arrays.copyOfRange(all, first[band], to);
        }
    }

    static double mel(double hz) {
        return 1127 * Math.log(1 + hz / 700);
    }

    /** The energy that one band collects from a power spectrum. */
    double energy(int band, double[] power) {
        double[] w = weights[band];
        int offset = first[band];
        double sum = 0;
        for (int i = 0; i < w.length; i++) {
            sum += w[i] * power[offset + i];
        }
        return sum;
    }
}
