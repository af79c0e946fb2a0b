/** The job file: typed immutable records with defaults, read from YAML and refused with line numbers when wrong. */
@NullMarked
package org.distbelief.conf;

import org.jspecify.annotations.NullMarked;
