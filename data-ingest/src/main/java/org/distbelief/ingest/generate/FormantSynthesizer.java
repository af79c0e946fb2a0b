package org.distbelief.ingest.generate;

import java.util.List;
import java.util.Random;

/**
 * Speaks a sequence of phones: glottal pulses with jitter through three formant resonators, noise through a band of its
 * own, gliding from target to target. Strict arithmetic: the same numbers on every machine.
 */
final class FormantSynthesizer {
    /** Samples for which the filters stay as they are: 5 ms. */
    private static final int CONTROL = 80;
    /** Controls over which targets are smoothed on either side: 25 ms. */
    private static final int GLIDE = 5;

    private static final int TRACKS = 7;
    private static final int VOICE = 0;
    private static final int NOISE = 1;
    private static final int F1 = 2;
    private static final int F2 = 3;
    private static final int F3 = 4;
    private static final int NOISE_HZ = 5;
    private static final int NOISE_WIDTH = 6;

    /**
     * A phone in time.
     *
     * @param controls length in steps of 5 ms
     */
    record Spoken(Phone phone, int controls) {}

    private final int sampleRate;
    private final Speaker speaker;
    private final Random random;

    FormantSynthesizer(int sampleRate, Speaker speaker, Random random) {
        this.sampleRate = sampleRate;
        this.speaker = speaker;
        this.random = random;
    }

    static int samples(int controls) {
        return controls * CONTROL;
    }

    /** The sound, with a loudness of about 1. */
    double[] speak(List<Spoken> phones) {
        double[][] tracks = smooth(targets(phones));
        double[] sound = new double[samples(tracks[0].length)];
        Resonator[] formants = {new Resonator(sampleRate), new Resonator(sampleRate), new Resonator(sampleRate)};
        Resonator band = new Resonator(sampleRate);
        double phase = 0;
        double flow = 0;
        double period = 1;
        double melody = random.nextDouble() * 6;
        for (int i = 0; i < sound.length; i++) {
            int control = i / CONTROL;
            if (i % CONTROL == 0) {
                formants[0].tune(tracks[F1][control], 70);
                formants[1].tune(tracks[F2][control], 100);
                formants[2].tune(tracks[F3][control], 150);
                band.tune(tracks[NOISE_HZ][control], tracks[NOISE_WIDTH][control]);
            }
            phase += pitch(i, sound.length, melody) * period / sampleRate;
            if (phase >= 1) {
                phase -= 1;
                period = 1 + speaker.jitter() * random.nextGaussian();
            }
            double next = glottalFlow(phase);
            double voiced = 12 * tracks[VOICE][control] * (next - flow);
            flow = next;
            for (Resonator formant : formants) {
                voiced = formant.filter(voiced);
            }
            double breath = 0.02 * tracks[VOICE][control] * random.nextGaussian();
            double noise = band.filter(random.nextGaussian()) * tracks[NOISE][control];
            sound[i] = voiced + breath + noise;
        }
        return sound;
    }

    /** Falls over the utterance and swings a little. */
    private double pitch(int sample, int length, double melody) {
        double part = (double) sample / length;
        return speaker.pitchHz() * (1.1 - 0.2 * part + 0.06 * StrictMath.sin(melody + 12 * part));
    }

    /** Air flow through the glottis over one period: opens, closes faster, stays closed. */
    private static double glottalFlow(double phase) {
        if (phase < 0.4) {
            return 0.5 * (1 - StrictMath.cos(StrictMath.PI * phase / 0.4));
        }
        return phase < 0.56 ? StrictMath.cos(StrictMath.PI * (phase - 0.4) / 0.32) : 0;
    }

    private double[][] targets(List<Spoken> phones) {
        int controls = phones.stream().mapToInt(Spoken::controls).sum();
        double[][] tracks = new double[TRACKS][controls];
        int at = 0;
        for (Spoken spoken : phones) {
            Phone phone = spoken.phone();
            double scale = speaker.formantScale();
            double[] values = {
                phone.voice * (0.8 + 0.4 * random.nextDouble()),
                phone.noise * (0.8 + 0.4 * random.nextDouble()),
                phone.f1 * scale * vary(0.06),
                phone.f2 * scale * vary(0.05),
                phone.f3 * scale * vary(0.03),
                Math.min(7000, phone.noiseHz * vary(0.06)),
                phone.noiseWidth * vary(0.1)
            };
            for (int i = 0; i < spoken.controls(); i++, at++) {
                for (int track = 0; track < TRACKS; track++) {
                    tracks[track][at] = values[track];
                }
            }
        }
        return tracks;
    }

    private double vary(double part) {
        return Math.max(0.7, Math.min(1.3, 1 + part * random.nextGaussian()));
    }

    /** Neighbours colour each other. */
    private static double[][] smooth(double[][] tracks) {
        double[][] smoothed = new double[TRACKS][tracks[0].length];
        for (int track = 0; track < TRACKS; track++) {
            for (int i = 0; i < tracks[track].length; i++) {
                double sum = 0;
                double weight = 0;
                for (int k = Math.max(0, i - GLIDE); k <= Math.min(tracks[track].length - 1, i + GLIDE); k++) {
                    double w = GLIDE + 1 - Math.abs(k - i);
                    sum += w * tracks[track][k];
                    weight += w;
                }
                smoothed[track][i] = sum / weight;
            }
        }
        return smoothed;
    }
}
