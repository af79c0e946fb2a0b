/** The house rules, and tests of the whole system. */
@NullMarked
package org.distbelief.tests;

import org.jspecify.annotations.NullMarked;
