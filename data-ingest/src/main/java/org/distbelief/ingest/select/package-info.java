/** Which split a file belongs to and where the shuffle puts it: functions of its path and a seed. */
@NullMarked
package org.distbelief.ingest.select;

import org.jspecify.annotations.NullMarked;
