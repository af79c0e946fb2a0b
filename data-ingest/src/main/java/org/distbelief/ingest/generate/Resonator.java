package org.distbelief.ingest.generate;

/** A two-pole filter that lets one formant ring; its gain is 1 at frequency 0. */
final class Resonator {
    private final int sampleRate;
    private double a = 1;
    private double b;
    private double c;
    private double last;
    private double beforeLast;

    Resonator(int sampleRate) {
        this.sampleRate = sampleRate;
    }

    void tune(double hz, double width) {
        double radius = StrictMath.exp(-StrictMath.PI * width / sampleRate);
        c = -radius * radius;
        b = 2 * radius * StrictMath.cos(2 * StrictMath.PI * hz / sampleRate);
        a = 1 - b - c;
    }

    double filter(double input) {
        double output = a * input + b * last + c * beforeLast;
        beforeLast = last;
        last = output;
        return output;
    }
}
