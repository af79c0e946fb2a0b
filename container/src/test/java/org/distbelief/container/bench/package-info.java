@NullMarked
package org.distbelief.container.bench;

import org.jspecify.annotations.NullMarked;
