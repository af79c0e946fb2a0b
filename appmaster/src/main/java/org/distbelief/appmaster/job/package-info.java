/** The course of a job from its first container to its result: one event loop over plain state machines. */
@NullMarked
package org.distbelief.appmaster.job;

import org.jspecify.annotations.NullMarked;
