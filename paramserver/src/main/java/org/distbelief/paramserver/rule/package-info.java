/**
 * Update rules: how a shard changes its parameters by a pushed gradient. Open: a rule is one file, a record with a
 * nested {@link org.distbelief.paramserver.rule.UpdateRuleType}, found by its name in the job file. Likewise
 * {@linkplain org.distbelief.paramserver.rule.RateSchedule schedules} of the learning rate. Every rule's rate follows
 * the schedule and the {@linkplain org.distbelief.paramserver.rule.StalenessScaling staleness} of the update.
 */
@NullMarked
package org.distbelief.paramserver.rule;

import org.jspecify.annotations.NullMarked;
