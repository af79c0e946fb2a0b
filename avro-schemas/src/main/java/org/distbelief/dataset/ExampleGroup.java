package org.distbelief.dataset;

/**
 * One record of a data set, checked, with its labels given as class ids of the whole data set. Buffers are views of the
 * record's own memory: nothing is decoded per element, and the group stays valid after the next one has been read.
 */
public sealed interface ExampleGroup permits UtteranceGroup, ImageGroup {
    /** Labelled examples in this record. */
    int exampleCount();
}
