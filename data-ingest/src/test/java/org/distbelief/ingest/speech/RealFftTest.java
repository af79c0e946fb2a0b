package org.distbelief.ingest.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RealFftTest {
    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8, 64, 256, 512})
    void powersAreThoseOfTheDefinition(int size) {
        Random random = new Random(size);
        double[] signal = random.doubles(size, -1, 1).toArray();
        double[] power = new double[size / 2 + 1];

        new RealFft(size).power(signal, power);

        for (int k = 0; k <= size / 2; k++) {
            double re = 0;
            double im = 0;
            for (int t = 0; t < size; t++) {
                re += signal[t] * Math.cos(2 * Math.PI * k * t / size);
                im -= signal[t] * Math.sin(2 * Math.PI * k * t / size);
            }
            assertThat(power[k]).as("bin %d", k).isEqualTo(re * re + im * im, within(1e-9 * size));
        }
    }

    @Test
    void onlyPowersOfTwoAreTaken() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RealFft(200));
        assertThatIllegalArgumentException().isThrownBy(() -> new RealFft(1));
    }
}
