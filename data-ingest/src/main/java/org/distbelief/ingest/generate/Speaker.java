package org.distbelief.ingest.generate;

import java.util.Random;

/**
 * How one synthetic speaker differs from another.
 *
 * @param pitchHz mean pitch
 * @param formantScale factor on all formants: a shorter vocal tract has higher ones
 * @param rate factor on the length of all phones
 * @param jitter irregularity of the pitch periods
 */
record Speaker(double pitchHz, double formantScale, double rate, double jitter) {
    static Speaker draw(Random random) {
        double height = random.nextDouble();
        return new Speaker(
                95 + 130 * height + 10 * random.nextGaussian(),
                0.92 + 0.22 * height + 0.02 * random.nextGaussian(),
                0.85 + 0.35 * random.nextDouble(),
                0.005 + 0.02 * random.nextDouble());
    }
}
