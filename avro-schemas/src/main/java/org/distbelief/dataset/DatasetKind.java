package org.distbelief.dataset;

/** What the records of a data set hold. */
public enum DatasetKind {
    /** Records are {@link org.distbelief.dataset.avro.Utterance}; an example is a labelled frame. */
    SPEECH,
    /** Records are {@link org.distbelief.dataset.avro.ImageBatch}; an example is an image. */
    IMAGES
}
