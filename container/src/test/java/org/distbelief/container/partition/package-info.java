@NullMarked
package org.distbelief.container.partition;

import org.jspecify.annotations.NullMarked;
