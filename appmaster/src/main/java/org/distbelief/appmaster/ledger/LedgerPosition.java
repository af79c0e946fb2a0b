package org.distbelief.appmaster.ledger;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What of the data Downpour has done, independent of who did it.
 *
 * @param portions portions of the split, to recognise another data set
 * @param examplesPerEpoch their examples, likewise
 * @param examplesCompleted examples of all completed portions so far
 * @param portionsCompleted portions completed so far
 * @param firstOpenEpoch all epochs before this one are complete; from 1
 * @param completed ids of the completed portions of each epoch from {@code firstOpenEpoch} on, ascending
 */
public record LedgerPosition(
        int portions,
        long examplesPerEpoch,
        long examplesCompleted,
        long portionsCompleted,
        int firstOpenEpoch,
        Map<Integer, List<Integer>> completed)
        implements TrainingPosition {
    public LedgerPosition {
        completed = new TreeMap<>(completed);
    }
}
