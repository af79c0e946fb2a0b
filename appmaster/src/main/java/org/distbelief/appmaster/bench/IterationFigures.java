package org.distbelief.appmaster.bench;

/**
 * What Sandblaster had done when it told of an iteration.
 *
 * @param iteration its number
 * @param nanos a clock's time
 * @param examples whose loss and gradient it has got, in all
 * @param programs that it has had the shards run, in all
 * @param bytes that went between it and all shards, in all
 * @param loss what it has come to
 * @param evaluating examples a second in the last evaluation, from its begin to the last push that was added
 */
public record IterationFigures(
        long iteration, long nanos, long examples, long programs, long bytes, double loss, double evaluating) {}
