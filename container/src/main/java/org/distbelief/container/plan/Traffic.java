package org.distbelief.container.plan;

/**
 * Bytes of floats between one partition and the others, or between all of them. For each example but for the last.
 *
 * @param inputs of the model, from partition 0 to those who compute its first layer
 * @param forward states of units, on the way up
 * @param loss what the partitions with outputs tell each other for the loss
 * @param backward gradients by states of units, on the way down
 * @param scores outputs, brought to partition 0 where an example is scored; a training step does without
 * @param tiedPerStep gradients by parameters that several partitions share, and their sums: for each step, whatever the
 *     size of its mini-batch
 */
public record Traffic(Bytes inputs, Bytes forward, Bytes loss, Bytes backward, Bytes scores, Bytes tiedPerStep) {
    /**
     * Both ways.
     *
     * @param in what comes in
     * @param out what goes out
     */
    public record Bytes(long in, long out) {
        Bytes plus(Bytes other) {
            return new Bytes(in + other.in, out + other.out);
        }
    }

    /** What a training step takes for each example, without tied gradients. */
    public Bytes training() {
        return inputs.plus(forward).plus(loss).plus(backward);
    }

    Traffic plus(Traffic other) {
        return new Traffic(
                inputs.plus(other.inputs),
                forward.plus(other.forward),
                loss.plus(other.loss),
                backward.plus(other.backward),
                scores.plus(other.scores),
                tiedPerStep.plus(other.tiedPerStep));
    }
}
