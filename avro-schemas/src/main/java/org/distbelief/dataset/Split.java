package org.distbelief.dataset;

import java.util.List;

/**
 * One split of a data set, such as {@code train} or {@code test}.
 *
 * @param records Avro records in all files of the split
 * @param examples labelled frames or images
 * @param groups utterances or images
 * @param files the split's files
 * @param portions the pieces in which the split is leased; together they hold every record once; the portion at index i
 *     has id i
 */
public record Split(long records, long examples, long groups, List<DataFile> files, List<Portion> portions) {
    /** Copies the lists and checks that the portions add up to the split. */
    public Split {
        files = List.copyOf(files);
        portions = List.copyOf(portions);
        long portionRecords = 0;
        long portionExamples = 0;
        for (int i = 0; i < portions.size(); i++) {
            Portion portion = portions.get(i);
            if (portion.id() != i) {
                throw new IllegalArgumentException(
                        "portions are numbered from 0: expected id " + i + ", found " + portion.id());
            }
            portionRecords += portion.records();
            portionExamples += portion.examples();
        }
        if (portionRecords != records || portionExamples != examples) {
            throw new IllegalArgumentException("the split has " + records + " records and " + examples
                    + " examples, but its portions add up to " + portionRecords + " and " + portionExamples);
        }
    }
}
