package org.distbelief.appmaster.submit;

import java.util.List;
import org.distbelief.appmaster.work.Work;
import org.distbelief.conf.JobFile;
import org.jspecify.annotations.Nullable;

/**
 * A job that has passed all checks and is ready to be submitted.
 *
 * @param job the effective job file
 * @param work what the application does
 * @param model the model's description, as JSON
 * @param shardPlan where the parameters lie on the shards, as JSON; null where there are no shards
 * @param notes what the user should know of it, and may mend
 */
record Submission(
        JobFile job, Work work, String model, @Nullable String shardPlan, List<String> notes) {
    /** Copies the list. */
    Submission {
        notes = List.copyOf(notes);
    }
}
