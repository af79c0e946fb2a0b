package org.distbelief.paramserver.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MedianTest {
    @Test
    void isTheMiddleOfTheSortedFigures() {
        double[] figures = {9, 1, 4};
        assertThat(Median.of(figures)).isEqualTo(4);
        assertThat(figures).as("stay as they were").containsExactly(9, 1, 4);
        assertThat(Median.of(7)).isEqualTo(7);
    }

    @Test
    void isTheMeanOfTheTwoInTheMiddle() {
        assertThat(Median.of(8, 1, 100, 3)).isEqualTo(5.5);
        assertThat(Median.of(1, 2)).isEqualTo(1.5);
    }

    @Test
    void ofNothingIsNoNumber() {
        assertThat(Median.of()).isNaN();
    }
}
