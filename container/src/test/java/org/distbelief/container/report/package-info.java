/** Tests of the conversation with the master. */
@NullMarked
package org.distbelief.container.report;

import org.jspecify.annotations.NullMarked;
