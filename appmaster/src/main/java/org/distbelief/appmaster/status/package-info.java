/**
 * What a job looks like at one moment: the immutable snapshot that the web page, the console and the history render.
 */
@NullMarked
package org.distbelief.appmaster.status;

import org.jspecify.annotations.NullMarked;
