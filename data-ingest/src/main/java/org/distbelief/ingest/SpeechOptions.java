package org.distbelief.ingest;

import org.distbelief.dataset.SpeechSettings;

/**
 * How features are made of recordings, as asked for; 0 leaves a number to be chosen.
 *
 * @param sampleRate samples per second of the data set; 0 takes the rate of the first readable recording. Recordings of
 *     another rate are resampled.
 * @param windowSeconds length of a window
 * @param hopSeconds distance between windows
 * @param bands number of mel bands
 * @param lowHz lower edge of the lowest band
 * @param highHz upper edge of the highest band; 0 means half the sample rate
 * @param preEmphasis coefficient of the pre-emphasis; 0 switches it off
 * @param fftSize points of the Fourier transform; 0 means the next power of two not below the window
 */
public record SpeechOptions(
        int sampleRate,
        double windowSeconds,
        double hopSeconds,
        int bands,
        double lowHz,
        double highHz,
        double preEmphasis,
        int fftSize) {
    /** Energies below this, on the scale of 16-bit samples, count as this. */
    public static final double ENERGY_FLOOR = 1.0;

    /** 25 ms windows, 10 ms hop, 40 bands from 64 Hz to half the sample rate, pre-emphasis 0.97. */
    public static SpeechOptions defaults() {
        return new SpeechOptions(0, 0.025, 0.010, 40, 64, 0, 0.97, 0);
    }

    /** The same with another sample rate. */
    public SpeechOptions withSampleRate(int rate) {
        return new SpeechOptions(rate, windowSeconds, hopSeconds, bands, lowHz, highHz, preEmphasis, fftSize);
    }

    /**
     * The settings with every open number chosen.
     *
     * @param rate the data set's sample rate
     * @throws IllegalArgumentException if the options do not fit that rate or each other
     */
    public SpeechSettings resolve(int rate) {
        int windowSamples = Math.toIntExact(Math.max(2, Math.min(1 << 20, Math.round(windowSeconds * rate))));
        int points = fftSize != 0 ? fftSize : Integer.highestOneBit(windowSamples - 1) << 1;
        return new SpeechSettings(
                rate,
                windowSeconds,
                hopSeconds,
                bands,
                lowHz,
                highHz == 0 ? rate / 2.0 : highHz,
                preEmphasis,
                points,
                SpeechSettings.HAMMING,
                ENERGY_FLOOR);
    }
}
