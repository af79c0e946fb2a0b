package org.distbelief.paramserver.algebra;

/**
 * A program as one shard gets it, so that it is run exactly once.
 *
 * @param term of the coordinator that sends it, from 1; a later coordinator has a higher one
 * @param sequence number of the program among those that the coordinator has sent to this shard: 1, 2, 3, ...
 * @param program what is to be done
 */
public record NumberedProgram(long term, long sequence, ShardProgram program) {
    /** @throws IllegalArgumentException where a number is below 1 */
    public NumberedProgram {
        if (term < 1 || sequence < 1) {
            throw new IllegalArgumentException(
                    "expected a term and a number from 1, found term " + term + " and number " + sequence);
        }
    }

    @Override
    public String toString() {
        return "program " + sequence + " of term " + term;
    }
}
