/**
 * What a data set is: its manifest, its portions and its records, as plain values that know nothing of where they lie.
 */
@NullMarked
package org.distbelief.dataset;

import org.jspecify.annotations.NullMarked;
