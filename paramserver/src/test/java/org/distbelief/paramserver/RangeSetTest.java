package org.distbelief.paramserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RangeSetTest {
    private static final int SPAN = 60;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void behavesLikeASetOfIndices(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<Range> first = ranges(random);
            List<Range> second = ranges(random);
            RangeSet a = RangeSet.of(first);
            RangeSet b = RangeSet.of(second);
            BitSet x = bits(first);
            BitSet y = bits(second);

            assertThat(bits(a.ranges())).isEqualTo(x);
            assertThat(a.size()).isEqualTo(x.cardinality());
            assertThat(bits(a.union(b).ranges())).isEqualTo(with(x, bits -> bits.or(y)));
            assertThat(bits(a.intersect(b).ranges())).isEqualTo(with(x, bits -> bits.and(y)));
            assertThat(bits(a.minus(b).ranges())).isEqualTo(with(x, bits -> bits.andNot(y)));
            assertThat(a.contains(b)).isEqualTo(with(y, bits -> bits.andNot(x)).isEmpty());
            for (int index = 0; index < SPAN; index++) {
                assertThat(a.contains(index)).isEqualTo(x.get(index));
            }
            assertNormal(a.union(b));
            assertNormal(a.intersect(b));
            assertNormal(a.minus(b));
        }
    }

    @Test
    void rangesThatTouchBecomeOne() {
        assertThat(RangeSet.of(List.of(new Range(5, 8), new Range(0, 5), new Range(6, 7))))
                .isEqualTo(RangeSet.of(0, 8));
    }

    @Test
    void anEmptyOrReversedRangeIsRefused() {
        assertThatThrownBy(() -> new Range(3, 3)).hasMessageContaining("start 3 and end 3");
        assertThatThrownBy(() -> new Range(-1, 3)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void survivesJson() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        RangeSet set = RangeSet.of(List.of(new Range(1, 4), new Range(9, 10)));
        assertThat(mapper.readValue(mapper.writeValueAsString(set), RangeSet.class))
                .isEqualTo(set);
        assertThat(mapper.readValue("[]", RangeSet.class)).isEqualTo(RangeSet.empty());
    }

    private static void assertNormal(RangeSet set) {
        for (int i = 1; i < set.ranges().size(); i++) {
            assertThat(set.ranges().get(i).start())
                    .as("ranges of %s neither overlap nor touch", set)
                    .isGreaterThan(set.ranges().get(i - 1).end());
        }
    }

    private static List<Range> ranges(Random random) {
        List<Range> ranges = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            int start = random.nextInt(SPAN - 1);
            ranges.add(new Range(start, start + 1 + random.nextInt(SPAN - start - 1)));
        }
        return ranges;
    }

    private static BitSet bits(Iterable<Range> ranges) {
        BitSet bits = new BitSet();
        ranges.forEach(r -> bits.set((int) r.start(), (int) r.end()));
        return bits;
    }

    private static BitSet with(BitSet bits, Consumer<BitSet> change) {
        BitSet copy = (BitSet) bits.clone();
        change.accept(copy);
        return copy;
    }
}
