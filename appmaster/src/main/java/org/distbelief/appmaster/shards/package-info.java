/** The ApplicationMaster's dealings with the parameter shards: listening to them and having them save their vectors. */
@NullMarked
package org.distbelief.appmaster.shards;

import org.jspecify.annotations.NullMarked;
