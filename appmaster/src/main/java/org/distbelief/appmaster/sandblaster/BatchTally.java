package org.distbelief.appmaster.sandblaster;

import java.util.HashMap;
import java.util.Map;

/**
 * How the work of a batch went, so far.
 *
 * @param portions how many portions each replica has won
 * @param backupsStarted copies given out of portions that another replica had
 * @param backupsWon portions that a copy won
 * @param resultsDropped computed portions that did not count: another was first, or their replica was lost
 * @param portionsRedone portions given out anew because nobody had them any more
 */
public record BatchTally(
        Map<Integer, Integer> portions,
        long backupsStarted,
        long backupsWon,
        long resultsDropped,
        long portionsRedone) {
    /** A batch that has just begun. */
    public static final BatchTally NONE = new BatchTally(Map.of(), 0, 0, 0, 0);

    /** Copies the map. */
    public BatchTally {
        portions = Map.copyOf(portions);
    }

    /** This and another batch's together. */
    BatchTally plus(BatchTally other) {
        Map<Integer, Integer> sums = new HashMap<>(portions);
        other.portions().forEach((replica, count) -> sums.merge(replica, count, Integer::sum));
        return new BatchTally(
                sums,
                backupsStarted + other.backupsStarted(),
                backupsWon + other.backupsWon(),
                resultsDropped + other.resultsDropped(),
                portionsRedone + other.portionsRedone());
    }
}
