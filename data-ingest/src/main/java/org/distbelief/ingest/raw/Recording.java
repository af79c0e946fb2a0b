package org.distbelief.ingest.raw;

/** A decoded recording with one channel. Owns its samples; nobody changes them. */
public final class Recording implements RawData {
    private final int sampleRate;
    private final float[] samples;

    /**
     * Takes over the array.
     *
     * @param sampleRate samples per second
     * @param samples on the scale of 16-bit integers, -32768 to 32767
     */
    public Recording(int sampleRate, float[] samples) {
        this.sampleRate = sampleRate;
        this.samples = samples;
    }

    /** Samples per second. */
    public int sampleRate() {
        return sampleRate;
    }

    /** The samples themselves, not a copy. */
    public float[] samples() {
        return samples;
    }
}
