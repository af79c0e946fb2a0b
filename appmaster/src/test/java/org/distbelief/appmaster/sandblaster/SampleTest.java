package org.distbelief.appmaster.sandblaster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampleTest {
    private static final List<BatchPortion> SPLIT = IntStream.range(0, 20)
            .mapToObj(i -> new BatchPortion(i, 5 + i % 3, List.of()))
            .toList();

    @Test
    void theWholeSplitWhereNoBatchIsAskedFor() {
        assertThat(new Sample(SPLIT, 0, 7).draw(3)).isEqualTo(SPLIT);
        assertThat(new Sample(SPLIT, 100_000, 7).draw(3)).isEqualTo(SPLIT);
    }

    @Test
    void asManyPortionsAsHaveTheExamples() {
        Sample sample = new Sample(SPLIT, 30, 7);
        Set<List<BatchPortion>> draws = new HashSet<>();
        Set<BatchPortion> seen = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            List<BatchPortion> drawn = sample.draw(i);
            long examples = drawn.stream().mapToLong(BatchPortion::examples).sum();
            assertThat(examples).isBetween(30L, 36L);
            assertThat(drawn.stream().map(BatchPortion::id)).isSorted().doesNotHaveDuplicates();
            assertThat(new Sample(SPLIT, 30, 7).draw(i)).isEqualTo(drawn);
            draws.add(drawn);
            seen.addAll(drawn);
        }
        assertThat(draws).hasSizeGreaterThan(45);
        assertThat(seen).hasSize(20);
        assertThat(new Sample(SPLIT, 30, 8).draw(0)).isNotEqualTo(sample.draw(0));
    }

    @Test
    void noPortionTwice() {
        assertThatThrownBy(() -> new Sample(List.of(SPLIT.get(4), SPLIT.get(4)), 0, 1))
                .hasMessageContaining("portion 4 twice");
    }
}
