package org.distbelief.ingest.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.distbelief.dataset.SpeechSettings;
import org.distbelief.ingest.SpeechOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogMelFeaturesTest {
    private static final SpeechSettings SETTINGS = SpeechOptions.defaults().resolve(8000);

    @ParameterizedTest
    @CsvSource({"1, 1", "199, 1", "200, 1", "279, 1", "280, 2", "359, 2", "360, 3", "8000, 98"})
    void framesAreWholeWindowsAndAtLeastOne(int samples, int frames) {
        LogMelFeatures features = new LogMelFeatures(SETTINGS);

        assertThat(features.frameCount(samples)).isEqualTo(frames);
        assertThat(features.compute(new float[samples])).hasSize(frames * 40);
    }

    @Test
    void silenceHasTheFloorsEnergy() {
        assertThat(new LogMelFeatures(SETTINGS).compute(new float[500])).containsOnly(0f);
    }

    @Test
    void energiesAreThoseOfTheDefinition() {
        Random random = new Random(3);
        float[] samples = new float[600];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (3000 * Math.sin(0.3 * i) + 500 * random.nextGaussian());
        }

        float[] computed = new LogMelFeatures(SETTINGS).compute(samples);

        double[] emphasised = new double[samples.length];
        for (int i = 0; i < samples.length; i++) {
            emphasised[i] = i == 0 ? samples[0] : samples[i] - 0.97 * samples[i - 1];
        }
        for (int t = 0; t < 6; t++) {
            double[] expected = byDefinition(emphasised, 80 * t);
            for (int band = 0; band < 40; band++) {
                assertThat((double) computed[40 * t + band])
                        .as("frame %d, band %d", t, band)
                        .isEqualTo(expected[band], within(1e-5));
            }
        }
    }

    @Test
    void aShortRecordingIsFilledUpWithZeros() {
        float[] shortOne = {1000, -2000, 3000};
        float[] filled = new float[200];
        System.arraycopy(shortOne, 0, filled, 0, 3);
        // The fourth sample would be pre-emphasised into -0.97 * 3000; filling happens after that.
        float[] computed = new LogMelFeatures(SETTINGS).compute(shortOne);

        double[] expected = byDefinition(new double[] {1000, -2000 - 970, 3000 + 1940}, 0);
        for (int band = 0; band < 40; band++) {
            assertThat((double) computed[band]).isEqualTo(expected[band], within(1e-5));
        }
        assertThat(computed).isNotEqualTo(new LogMelFeatures(SETTINGS).compute(filled));
    }

    @Test
    void aToneRaisesTheBandsAroundIt() {
        float[] tone = new float[800];
        for (int i = 0; i < tone.length; i++) {
            tone[i] = (float) (10_000 * Math.sin(2 * Math.PI * 1000 * i / 8000));
        }
        float[] features = new LogMelFeatures(SETTINGS).compute(tone);
        int loudest = 0;
        for (int band = 1; band < 40; band++) {
            loudest = features[band] > features[loudest] ? band : loudest;
        }
        double step = (mel(4000) - mel(64)) / 41;

        assertThat(mel(64) + (loudest + 1) * step).isEqualTo(mel(1000), within(step));
    }

    /** Straight from the formulas, with a slow Fourier transform. */
    private static double[] byDefinition(double[] emphasised, int start) {
        double[] power = new double[129];
        for (int k = 0; k < 129; k++) {
            double re = 0;
            double im = 0;
            for (int i = 0; i < 200 && start + i < emphasised.length; i++) {
                double x = emphasised[start + i] * (0.54 - 0.46 * Math.cos(2 * Math.PI * i / 199));
                re += x * Math.cos(2 * Math.PI * k * i / 256);
                im += x * Math.sin(2 * Math.PI * k * i / 256);
            }
            power[k] = re * re + im * im;
        }
        double[] energies = new double[40];
        double step = (mel(4000) - mel(64)) / 41;
        for (int band = 0; band < 40; band++) {
            double centre = mel(64) + (band + 1) * step;
            double sum = 0;
            for (int k = 0; k < 129; k++) {
                sum += power[k] * Math.max(0, 1 - Math.abs(mel(k * 8000.0 / 256) - centre) / step);
            }
            energies[band] = Math.log(Math.max(sum, 1));
        }
        return energies;
    }

    private static double mel(double hz) {
        return 1127 * Math.log(1 + hz / 700);
    }
}
