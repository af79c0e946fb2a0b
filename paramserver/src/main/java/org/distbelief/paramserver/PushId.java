package org.distbelief.paramserver;

/**
 * Names a push, so that a retried one is recognised.
 *
 * @param replica model replica
 * @param partition partition of the model
 * @param incarnation which life of that partition's process pushes; a later process has a higher one
 * @param sequence the number of the push within the incarnation, ascending from 1
 */
public record PushId(int replica, int partition, long incarnation, long sequence) {
    /** @throws IllegalArgumentException where a number is negative or the sequence is 0 */
    public PushId {
        if (replica < 0 || partition < 0 || incarnation < 0 || sequence < 1) {
            throw new IllegalArgumentException(
                    "expected replica, partition and incarnation from 0 and a sequence from 1, found replica " + replica
                            + ", partition " + partition + ", incarnation " + incarnation + ", sequence " + sequence);
        }
    }

    @Override
    public String toString() {
        return "push " + sequence + " of replica " + replica + ", partition " + partition + ", incarnation "
                + incarnation;
    }
}
