/** What an ingest is asked to do and what it reports: plain values, free of Hadoop. */
@NullMarked
package org.distbelief.ingest;

import org.jspecify.annotations.NullMarked;
