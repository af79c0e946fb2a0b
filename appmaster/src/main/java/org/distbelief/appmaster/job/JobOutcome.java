package org.distbelief.appmaster.job;

import org.distbelief.appmaster.status.JobState;

/**
 * How a job ended.
 *
 * @param state one of the ended states
 * @param message the result or the reason, for people
 */
public record JobOutcome(JobState state, String message) {}
