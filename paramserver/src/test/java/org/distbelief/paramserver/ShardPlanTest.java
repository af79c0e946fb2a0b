package org.distbelief.paramserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardPlanTest {
    private static final Initialisation ZERO = new Initialisation.Constant(0);

    @Test
    void everyLargeBlockIsCutEvenlySoThatTheLoadIsEvenAtEveryMoment() {
        ParameterLayout layout = layout(440 * 2560, 2560, 2560 * 2560, 2560, 2560 * 8192, 8192);
        ShardMap map = ShardMap.of(layout, 4);
        for (Block block : layout.blocks()) {
            if (block.range().size() >= 4 * ShardMap.SMALL) {
                RangeSet whole =
                        RangeSet.of(block.range().start(), block.range().end());
                for (int shard = 0; shard < 4; shard++) {
                    assertThat((double) map.ranges(shard).intersect(whole).size())
                            .isCloseTo(block.range().size() / 4.0, Offset.offset(16.0));
                }
            }
        }
    }

    @Test
    void smallBlocksGoWholeToTheShardThatHoldsLeast() {
        ShardMap map = ShardMap.of(layout(100, 90, 80, 70), 2);
        assertThat(map.ranges(0).size() + map.ranges(1).size()).isEqualTo(340);
        assertThat(map.ranges(0)).isEqualTo(RangeSet.of(List.of(new Range(0, 100), new Range(270, 340))));
    }

    @Test
    void aTinyModelLeavesShardsEmpty() {
        ShardMap map = ShardMap.of(layout(10), 3);
        assertThat(map.shards()).isEqualTo(3);
        assertThat(map.ranges(2).isEmpty()).isTrue();
        assertThat(map.split(RangeSet.of(2, 5)).keySet()).containsExactly(0);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13})
    void everyParameterIsOnExactlyOneShard(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            int[] sizes = random.ints(1 + random.nextInt(6), 1, 90_000).toArray();
            ParameterLayout layout = layout(sizes);
            ShardMap map = ShardMap.of(layout, 1 + random.nextInt(9));
            RangeSet all = RangeSet.empty();
            for (int shard = 0; shard < map.shards(); shard++) {
                assertThat(all.intersect(map.ranges(shard)).isEmpty()).isTrue();
                all = all.union(map.ranges(shard));
            }
            assertThat(all).isEqualTo(layout.ranges());
        }
    }

    @Test
    void splittingWhatIsOutsideTheModelIsRefused() {
        ShardMap map = ShardMap.of(layout(100), 2);
        assertThatThrownBy(() -> map.split(RangeSet.of(90, 101))).hasMessageContaining("within [0, 100)");
    }

    @Test
    void shardsThatOverlapOrLeaveAGapAreRefused() {
        assertThatThrownBy(() -> new ShardMap(List.of(RangeSet.of(0, 5), RangeSet.of(4, 9))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ShardMap(List.of(RangeSet.of(0, 5), RangeSet.of(6, 9))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void layoutsWithGapsOrSharedNamesAreRefused() {
        assertThatThrownBy(() -> new ParameterLayout(
                        List.of(new Block("a", new Range(0, 5), ZERO), new Block("b", new Range(6, 7), ZERO))))
                .hasMessageContaining("'b'")
                .hasMessageContaining("start at 5");
        assertThatThrownBy(() -> new ParameterLayout(
                        List.of(new Block("a", new Range(0, 5), ZERO), new Block("a", new Range(5, 7), ZERO))))
                .hasMessageContaining("twice");
    }

    @Test
    void survivesJson() {
        ParameterLayout layout = new ParameterLayout(List.of(
                new Block("w", new Range(0, 50_000), new Initialisation.Uniform(-0.5f, 0.5f)),
                new Block("v", new Range(50_000, 50_010), new Initialisation.Normal(0, 0.1f)),
                new Block("b", new Range(50_010, 50_020), new Initialisation.Constant(1))));
        ShardPlan plan = ShardPlan.of(layout, 3, -7);
        assertThat(ShardPlan.fromJson("shards.json", plan.toJson())).isEqualTo(plan);
    }

    @Test
    void whatIsNoPlanIsRefusedWithItsSource() {
        assertThatThrownBy(() -> ShardPlan.fromJson("shards.json", "{\"seed\": 1}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shards.json");
    }

    private static ParameterLayout layout(int... sizes) {
        List<Block> blocks = new ArrayList<>();
        long start = 0;
        for (int size : sizes) {
            blocks.add(new Block("block" + blocks.size(), new Range(start, start + size), ZERO));
            start += size;
        }
        return new ParameterLayout(blocks);
    }
}
