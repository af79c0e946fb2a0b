/** The MapReduce job that turns raw files into a data set, and the client side that stages, runs and publishes it. */
@NullMarked
package org.distbelief.ingest.job;

import org.jspecify.annotations.NullMarked;
