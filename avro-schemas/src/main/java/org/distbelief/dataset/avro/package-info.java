/** The record classes that Avro generates from the schemas of the data set's files. */
@NullMarked
package org.distbelief.dataset.avro;

import org.jspecify.annotations.NullMarked;
