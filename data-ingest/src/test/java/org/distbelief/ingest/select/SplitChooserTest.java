package org.distbelief.ingest.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.distbelief.ingest.SplitPolicy;
import org.distbelief.ingest.raw.BadInputException;
import org.junit.jupiter.api.Test;

class SplitChooserTest {
    @Test
    void sharesAreKeptOnTheWhole() throws Exception {
        SplitChooser chooser = new SplitChooser(SplitPolicy.byShare("a=0.7,b=0.2,c=0.1"), 11);
        int[] counts = new int[3];
        for (int i = 0; i < 20_000; i++) {
            counts[chooser.choose("speaker/" + i + ".wav")]++;
        }

        assertThat(counts[0] / 20_000.0).isEqualTo(0.7, within(0.02));
        assertThat(counts[1] / 20_000.0).isEqualTo(0.2, within(0.02));
        assertThat(counts[2] / 20_000.0).isEqualTo(0.1, within(0.02));
    }

    @Test
    void seedAndPathAloneDecide() throws Exception {
        SplitPolicy halves = SplitPolicy.byShare("a=0.5,b=0.5");
        int changed = 0;
        for (int i = 0; i < 1000; i++) {
            int first = new SplitChooser(halves, 1).choose("x" + i);
            assertThat(new SplitChooser(halves, 1).choose("x" + i)).isEqualTo(first);
            changed += new SplitChooser(halves, 2).choose("x" + i) == first ? 0 : 1;
        }
        assertThat(changed).isBetween(400, 600);
    }

    @Test
    void foldersDecideWhereTheyAreAskedTo() throws Exception {
        SplitChooser chooser = new SplitChooser(SplitPolicy.byFolder("train,test"), 1);

        assertThat(chooser.choose("set/test/cat/1.png")).isEqualTo(1);
        assertThat(chooser.choose("train/1.png")).isZero();
        assertThatThrownBy(() -> chooser.choose("other/test.png/train"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("[train, test]");
    }

    @Test
    void hashesSpreadEvenlyAndPurposesAreIndependent() {
        SeededHash shuffle = new SeededHash(1, "shuffle");
        SeededHash split = new SeededHash(1, "split");
        Set<Long> seen = new HashSet<>();
        int agreeing = 0;
        int[] buckets = new int[16];
        for (int i = 0; i < 16_000; i++) {
            seen.add(shuffle.hash("p" + i));
            buckets[(int) (shuffle.hash("p" + i) >>> 60)]++;
            agreeing += (shuffle.hash("p" + i) ^ split.hash("p" + i)) < 0 ? 0 : 1;
        }
        assertThat(seen).hasSize(16_000);
        assertThat(agreeing).isBetween(7_600, 8_400);
        for (int count : buckets) {
            assertThat(count).isBetween(800, 1200);
        }
    }
}
