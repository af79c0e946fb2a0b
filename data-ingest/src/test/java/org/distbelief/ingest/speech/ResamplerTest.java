package org.distbelief.ingest.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResamplerTest {
    @ParameterizedTest
    @CsvSource({"16000, 8000", "44100, 16000", "8000, 16000", "11025, 8000", "48000, 16000", "22051, 16000"})
    void aToneBelowTheLimitStaysWhatAndWhereItIs(int from, int to) {
        double hz = 0.4 * Math.min(from, to);
        float[] output = new Resampler(from, to).resample(tone(hz, from, from / 4));

        assertThat(output.length).isBetween(to / 4 - 1, to / 4 + 1);
        for (int i = output.length / 4; i < output.length * 3 / 4; i++) {
            assertThat((double) output[i])
                    .as("sample %d", i)
                    .isEqualTo(10_000 * Math.sin(2 * Math.PI * hz * i / to), within(20.0));
        }
    }

    @Test
    void whatTheNewRateCannotHoldIsTakenOut() {
        float[] output = new Resampler(16000, 8000).resample(tone(4400, 16000, 8000));

        for (int i = 1000; i < 3000; i++) {
            assertThat((double) Math.abs(output[i])).as("sample %d", i).isLessThan(5);
        }
    }

    @Test
    void aConstantStaysConstant() {
        float[] input = new float[4000];
        Arrays.fill(input, 1000);

        float[] output = new Resampler(11025, 8000).resample(input);

        for (int i = 200; i < output.length - 200; i++) {
            assertThat(output[i]).isEqualTo(1000f, within(0.01f));
        }
    }

    @Test
    void aSingleSampleIsEnough() {
        assertThat(new Resampler(8000, 16000).resample(new float[] {5})).hasSize(2);
        assertThat(new Resampler(48000, 8000).resample(new float[] {5})).hasSize(1);
    }

    private static float[] tone(double hz, int rate, int samples) {
        float[] tone = new float[samples];
        for (int i = 0; i < samples; i++) {
            tone[i] = (float) (10_000 * Math.sin(2 * Math.PI * hz * i / rate));
        }
        return tone;
    }
}
