@NullMarked
package org.distbelief.appmaster.bench;

import org.jspecify.annotations.NullMarked;
