@NullMarked
package org.distbelief.paramserver.local;

import org.jspecify.annotations.NullMarked;
