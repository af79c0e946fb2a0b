package org.distbelief.ingest.speech;

import java.util.Arrays;
import org.distbelief.dataset.SpeechSettings;

/**
 * Log filterbank energies of a recording (the inputs of section 5 of the paper's speech experiment): pre-emphasis,
 * Hamming windows, power spectrum, mel filters, floor, natural logarithm. Keeps scratch memory: one instance per
 * thread.
 */
public final class LogMelFeatures {
    private final SpeechSettings settings;
    private final int window;
    private final int hop;
    private final double[] hamming;
    private final RealFft fft;
    private final MelFilterbank filters;
    private final double[] frame;
    private final double[] power;

    /** With fixed settings. */
    public LogMelFeatures(SpeechSettings settings) {
        this.settings = settings;
        this.window = settings.windowSamples();
        this.hop = settings.hopSamples();
        this.hamming = new double[window];
        for (int i = 0; i < window; i++) {
            hamming[i] = 0.54 - 0.46 * Math.cos(2 * Math.PI * i / (window - 1));
        }
        this.fft = new RealFft(settings.fftSize());
        this.filters = new MelFilterbank(settings);
        this.frame = new double[settings.fftSize()];
        this.power = new double[settings.fftSize() / 2 + 1];
    }

    /** Frames that a recording of so many samples gives: whole windows, at least one. */
    public int frameCount(int samples) {
        return samples <= window ? 1 : 1 + (samples - window) / hop;
    }

    /**
     * The energies.
     *
     * @param samples at the settings' sample rate; less than a window is filled up with zeros
     * @return frameCount x bands, row-major, the caller's to keep
     */
    public float[] compute(float[] samples) {
        int frames = frameCount(samples.length);
        int bands = settings.bands();
        float[] features = new float[Math.multiplyExact(frames, bands)];
        for (int t = 0; t < frames; t++) {
            load(samples, t * hop);
            fft.power(frame, power);
            for (int band = 0; band < bands; band++) {
                double energy = Math.max(filters.energy(band, power), settings.energyFloor());
                features[t * bands + band] = (float) Math.log(energy);
            }
        }
        return features;
    }

    private void load(float[] samples, int start) {
        int count = Math.min(window, samples.length - start);
        double before = start > 0 ? samples[start - 1] : 0;
        for (int i = 0; i < count; i++) {
            double x = samples[start + i];
            frame[i] = (x - settings.preEmphasis() * before) * hamming[i];
            before = x;
        }
        Arrays.fill(frame, count, frame.length, 0);
    }
}
