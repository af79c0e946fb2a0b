package org.distbelief.conf;

/**
 * The data set and how it is read.
 *
 * @param path the data set's directory, as {@code ingest} wrote it
 * @param split the split to train on
 * @param context frames of context on either side of an audio frame; images ignore it
 * @param shuffle how many examples a model replica mixes at least, so that neighbouring frames of an utterance don't
 *     meet in one mini-batch
 * @param augment how images are changed while they are trained on
 */
public record DataConfig(String path, String split, int context, int shuffle, AugmentConfig augment) {
    static DataConfig read(SectionReader section) {
        DataConfig config = new DataConfig(
                section.text("path"),
                section.text("split", "train"),
                section.integer("context", 5, 0, 1000),
                section.integer("shuffle", 20_000, 1, Integer.MAX_VALUE),
                AugmentConfig.read(section.section("augment")));
        section.finish();
        return config;
    }
}
