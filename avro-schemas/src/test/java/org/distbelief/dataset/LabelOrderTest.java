package org.distbelief.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LabelOrderTest {
    @Test
    void numbersComeFirstAndByValueThenNames() {
        assertThat(Stream.of("b", "10", "a", "9", "-1", "07", "7", "B").sorted(new LabelOrder()))
                .containsExactly("-1", "07", "7", "9", "10", "B", "a", "b");
    }
}
