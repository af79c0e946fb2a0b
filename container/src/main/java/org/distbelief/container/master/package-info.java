/** What a model replica and the ApplicationMaster tell each other: pure values and the seam between the two. */
@NullMarked
package org.distbelief.container.master;

import org.jspecify.annotations.NullMarked;
