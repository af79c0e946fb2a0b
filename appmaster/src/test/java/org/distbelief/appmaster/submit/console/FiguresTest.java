package org.distbelief.appmaster.submit.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "999, 999",
        "1000, 1.00k",
        "9994, 9.99k",
        "9996, 10.0k",
        "999499, 999k",
        "999500, 1.00M",
        "3456780, 3.46M",
        "12345678901, 12.3G"
    })
    void countsOfThreeDigits(long number, String text) {
        assertThat(Figures.shortCount(number)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"-5, 0:00", "0, 0:00", "59, 0:59", "3599, 59:59", "3600, 1:00:00", "90061, 1d 1:01:01"})
    void durations(long seconds, String text) {
        assertThat(Figures.duration(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.0 %", "0.5, 50.0 %", "0.9999, 99.9 %", "1, 100.0 %"})
    void aShareIsAHundredPercentOnlyWhenItIsWhole(double share, String text) {
        assertThat(Figures.percent(share, 1)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "1024, 1.0 KiB", "5033164, 4.8 MiB", "123456789012, 115 GiB"})
    void sizes(long bytes, String text) {
        assertThat(Figures.bytes(bytes)).isEqualTo(text);
    }

    @Test
    void lossesThatAreNoNumbersSaySo() {
        assertThat(Figures.decimal(null)).isEqualTo("-");
        assertThat(Figures.decimal(Double.NaN)).isEqualTo("not a number");
        assertThat(Figures.decimal(Double.POSITIVE_INFINITY)).isEqualTo("infinite");
        assertThat(Figures.decimal(0.00012345)).isEqualTo("1.23e-04");
        assertThat(Figures.decimal(2.5)).isEqualTo("2.5000");
    }

    @ParameterizedTest
    @CsvSource({"0, 0/s", "3.14159, 3.1/s", "17432.5, '17,433/s'"})
    void rates(double perSecond, String text) {
        assertThat(Figures.rate(perSecond)).isEqualTo(text);
    }
}
