package org.distbelief.appmaster.submit.console;

import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.SandblasterWork;

/**
 * How much of a job's work is done, in what it counts by.
 *
 * @param done examples, or Sandblaster's iterations
 * @param total as many as there are to be; 0 where that is not known. Where Sandblaster has ended before its last
 *     iteration, those that it has done
 */
record Amount(long done, long total) {
    static Amount of(JobSnapshot job) {
        SandblasterWork batches = job.sandblaster();
        if (batches == null) {
            return new Amount(job.examplesDone(), job.examplesTotal());
        }
        return new Amount(batches.iteration(), batches.ended() == null ? batches.iterations() : batches.iteration());
    }
}
