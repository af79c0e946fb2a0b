/** Thrift between model replicas and the ApplicationMaster. The contract is {@code master.thrift}. */
@NullMarked
package org.distbelief.container.wire;

import org.jspecify.annotations.NullMarked;
