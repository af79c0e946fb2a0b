/** From folders of picture files to a model replica's mini-batches, without a cluster. */
@NullMarked
package org.distbelief.tests.images;

import org.jspecify.annotations.NullMarked;
