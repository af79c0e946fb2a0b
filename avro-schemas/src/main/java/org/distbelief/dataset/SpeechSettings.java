package org.distbelief.dataset;

/**
 * How log filterbank energies are made from a recording. Samples are taken on the scale of 16-bit integers.
 *
 * @param sampleRate samples per second; recordings of another rate are resampled to it
 * @param windowSeconds length of a frame's window
 * @param hopSeconds distance between the starts of neighbouring windows
 * @param bands number of triangular filters, equally spaced on the scale m(f) = 1127 ln(1 + f / 700)
 * @param lowHz lower edge of the first filter
 * @param highHz upper edge of the last filter, at most half the sample rate
 * @param preEmphasis y[t] = x[t] - preEmphasis * x[t - 1]; 0 switches it off
 * @param fftSize points of the Fourier transform, a power of two not below the window's samples
 * @param window shape of the window: {@code hamming} (symmetric)
 * @param energyFloor energies below it are raised to it before the logarithm
 */
public record SpeechSettings(
        int sampleRate,
        double windowSeconds,
        double hopSeconds,
        int bands,
        double lowHz,
        double highHz,
        double preEmphasis,
        int fftSize,
        String window,
        double energyFloor)
        implements FeatureSettings {
    /** The only window shape so far. */
    public static final String HAMMING = "hamming";

    /** Checks every range and that the filters fit the sample rate. */
    public SpeechSettings {
        require(sampleRate >= 1000 && sampleRate <= 768_000, "sample rate", "1000 to 768000 Hz", sampleRate);
        require(windowSeconds > 0 && windowSeconds <= 1, "window", "more than 0 and at most 1 s", windowSeconds);
        require(hopSeconds > 0 && hopSeconds <= 1, "hop", "more than 0 and at most 1 s", hopSeconds);
        require(bands >= 1 && bands <= 1024, "number of bands", "1 to 1024", bands);
        require(lowHz >= 0 && lowHz < highHz, "lowest frequency", "0 to the highest frequency " + highHz, lowHz);
        require(highHz <= sampleRate / 2.0, "highest frequency", "at most half the sample rate " + sampleRate, highHz);
        require(preEmphasis >= 0 && preEmphasis < 1, "pre-emphasis", "0 to below 1", preEmphasis);
        require(energyFloor > 0, "energy floor", "more than 0", energyFloor);
        require(window.equals(HAMMING), "window shape", HAMMING, window);
        require(
                Integer.bitCount(fftSize) == 1 && fftSize >= 2 && fftSize >= Math.round(windowSeconds * sampleRate),
                "FFT size",
                "a power of two not below the window's " + Math.round(windowSeconds * sampleRate) + " samples",
                fftSize);
        require(Math.round(windowSeconds * sampleRate) >= 2, "window", "at least 2 samples", windowSeconds);
        require(Math.round(hopSeconds * sampleRate) >= 1, "hop", "at least 1 sample", hopSeconds);
    }

    /** Samples of a window. */
    public int windowSamples() {
        return Math.toIntExact(Math.round(windowSeconds * sampleRate));
    }

    /** Samples from one window's start to the next. */
    public int hopSamples() {
        return Math.toIntExact(Math.round(hopSeconds * sampleRate));
    }

    @Override
    public DatasetKind kind() {
        return DatasetKind.SPEECH;
    }

    @Override
    public int featureDimension() {
        return bands;
    }

    @Override
    public int statisticsDimension() {
        return bands;
    }

    private static void require(boolean holds, String what, String expected, Object found) {
        if (!holds) {
            throw new IllegalArgumentException(what + ": expected " + expected + ", found " + found);
        }
    }
}
