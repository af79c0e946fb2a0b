/**
 * From leased portions to mini-batches: reading ahead, normalising, mixing, and keeping account of which portion every
 * example came from.
 */
@NullMarked
package org.distbelief.container.data;

import org.jspecify.annotations.NullMarked;
