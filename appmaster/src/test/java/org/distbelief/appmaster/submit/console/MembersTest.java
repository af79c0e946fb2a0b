package org.distbelief.appmaster.submit.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MembersTest {
    @Test
    void numbersInARowAreOnePiece() {
        assertThat(Members.text(List.of(), "partitions")).isEqualTo("-");
        assertThat(Members.text(List.of(3), "partitions")).isEqualTo("3");
        assertThat(Members.text(List.of(3, 4), "partitions")).isEqualTo("3, 4");
        assertThat(Members.text(List.of(0, 1, 2, 3, 7, 9, 10, 11), "partitions"))
                .isEqualTo("0-3, 7, 9-11");
    }

    @Test
    void manyPiecesAreOnlyCounted() {
        assertThat(Members.text(List.of(1, 3, 5, 7, 9), "partitions")).isEqualTo("5 partitions");
    }

    @Test
    void ofManyShardsTheLeastAndTheMost() {
        assertThat(Members.text(new TreeMap<>(Map.of(0, 5L, 2, 12_345L)))).isEqualTo("0: 5, 2: 12.3k");
        assertThat(Members.text(IntStream.range(0, 20).boxed().collect(Collectors.toMap(i -> i, i -> 100L + i))))
                .isEqualTo("20 shards: 100 to 119");
    }
}
