package org.distbelief.ingest.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.distbelief.dataset.ImageSettings;
import org.distbelief.dataset.avro.ImageBatch;
import org.distbelief.ingest.raw.BadInputException;
import org.distbelief.ingest.raw.Picture;
import org.junit.jupiter.api.Test;

class PictureScalerTest {
    @Test
    void shrinkingAveragesTheAreaOfAPixel() {
        Picture picture = grey(4, 2, 0, 100, 10, 10, 100, 200, 10, 30);

        assertThat(levels(new PictureScaler(2, 1).scale(picture))).containsExactly(100, 15);
    }

    @Test
    void shrinkingByAnUnevenFactorCountsParts() {
        assertThat(levels(new PictureScaler(2, 1).scale(grey(3, 1, 30, 60, 90))))
                .containsExactly(40, 80);
    }

    @Test
    void enlargingInterpolates() {
        assertThat(levels(new PictureScaler(4, 1).scale(grey(2, 1, 0, 100)))).containsExactly(0, 25, 75, 100);
        assertThat(levels(new PictureScaler(3, 2).scale(grey(1, 1, 9)))).containsOnly(9);
    }

    @Test
    void theSameSizeStaysAsItIs() {
        assertThat(levels(new PictureScaler(2, 2).scale(grey(2, 2, 1, 2, 3, 255))))
                .containsExactly(1, 2, 3, 255);
    }

    @Test
    void batchesAreJoinedUnderOneDictionary() throws Exception {
        ImageBatchMaker maker = new ImageBatchMaker(new ImageSettings(1, 1, 3), List.of());
        ImageBatch joined = maker.join(List.of(
                maker.single("b/1.png", grey(1, 1, 1)),
                maker.single("a/2.png", grey(1, 1, 2)),
                maker.single("x/b/3.png", grey(1, 1, 3))));

        assertThat(joined.getIds()).containsExactly("b/1.png", "a/2.png", "x/b/3.png");
        assertThat(joined.getLabelNames()).containsExactly("b", "a");
        assertThat(joined.getLabels().array()).containsExactly(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);
        assertThat(joined.getPixels().array()).containsExactly(1, 1, 1, 2, 2, 2, 3, 3, 3);
    }

    @Test
    void aPictureNeedsAFolderOfItsClass() {
        ImageBatchMaker maker = new ImageBatchMaker(new ImageSettings(1, 1, 3), List.of("train"));

        for (String path : List.of("1.png", "train/1.png", "x/train/1.png")) {
            assertThatThrownBy(() -> maker.single(path, grey(1, 1, 1)))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("a folder named after the class");
        }
    }

    private static Picture grey(int width, int height, int... levels) {
        byte[] rgb = new byte[3 * levels.length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) levels[i / 3];
        }
        return new Picture(width, height, rgb);
    }

    private static int[] levels(byte[] rgb) {
        int[] levels = new int[rgb.length / 3];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = rgb[3 * i] & 0xFF;
            assertThat(rgb[3 * i + 1]).isEqualTo(rgb[3 * i]);
            assertThat(rgb[3 * i + 2]).isEqualTo(rgb[3 * i]);
        }
        return levels;
    }
}
