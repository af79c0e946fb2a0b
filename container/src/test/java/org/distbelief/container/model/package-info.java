/** Tests of models and their descriptions. */
@NullMarked
package org.distbelief.container.model;

import org.jspecify.annotations.NullMarked;
