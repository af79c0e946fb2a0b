package org.distbelief.appmaster.job;

import org.distbelief.appmaster.work.Work;
import org.distbelief.conf.JobConfig;

/**
 * What a job is, for display and decisions.
 *
 * @param application YARN application id
 * @param user who submitted it
 * @param work what it does
 * @param config its job file
 * @param startedMillis when its ApplicationMaster started
 */
public record JobIdentity(String application, String user, Work work, JobConfig config, long startedMillis) {}
