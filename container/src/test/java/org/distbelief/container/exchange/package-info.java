@NullMarked
package org.distbelief.container.exchange;

import org.jspecify.annotations.NullMarked;
