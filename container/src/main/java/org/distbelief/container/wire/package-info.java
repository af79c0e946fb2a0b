/**
 * Thrift between model replicas and the ApplicationMaster, and between model replicas and Sandblaster's coordinator.
 * The contracts are {@code master.thrift} and {@code coordinator.thrift}.
 */
@NullMarked
package org.distbelief.container.wire;

import org.jspecify.annotations.NullMarked;
