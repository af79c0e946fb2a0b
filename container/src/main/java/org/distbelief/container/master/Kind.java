package org.distbelief.container.master;

/** What a leased portion is for. */
public enum Kind {
    /** To be trained on; a portion of the training split. */
    TRAIN,
    /** To be scored; a portion of the evaluation split. */
    EVALUATE
}
