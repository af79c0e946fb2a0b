package org.distbelief.appmaster.sandblaster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenessTest {
    private final Lateness lateness = new Lateness();

    @Test
    void anythingIsLateAsLongAsNoPortionWasComputed() {
        assertThat(lateness.millis()).isZero();
        lateness.pushed(1000);
        assertThat(lateness.millis()).isZero();
    }

    @Test
    void lateIsTwiceTheAverageAndAtLeast50Milliseconds() {
        lateness.computed(10);
        assertThat(lateness.millis()).isEqualTo(50);
        lateness.computed(90);
        assertThat(lateness.millis()).isEqualTo(100);
    }

    @Test
    void whicheverTakesLongerCounts() {
        lateness.computed(100);
        lateness.pushed(300);
        assertThat(lateness.millis()).isEqualTo(600);
        lateness.pushed(0);
        lateness.pushed(0);
        lateness.pushed(0);
        assertThat(lateness.millis()).isEqualTo(200);
    }

    @Test
    void theLatestBatchesCountMostAndTheFirstHoursAreForgotten() {
        lateness.computed(1000);
        lateness.begin();
        assertThat(lateness.millis()).as("known from the batch before").isEqualTo(2000);
        lateness.computed(100);
        assertThat(lateness.millis()).isEqualTo(2 * (500 + 100) * 2 / 3);
        for (int batch = 0; batch < 20; batch++) {
            lateness.begin();
            lateness.computed(100);
        }
        assertThat(lateness.millis()).isEqualTo(200);
    }
}
