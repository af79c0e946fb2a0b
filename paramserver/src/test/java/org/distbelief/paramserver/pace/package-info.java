@NullMarked
package org.distbelief.paramserver.pace;

import org.jspecify.annotations.NullMarked;
