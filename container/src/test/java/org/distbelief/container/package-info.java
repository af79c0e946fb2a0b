/** What the tests of this module share. */
@NullMarked
package org.distbelief.container;

import org.jspecify.annotations.NullMarked;
