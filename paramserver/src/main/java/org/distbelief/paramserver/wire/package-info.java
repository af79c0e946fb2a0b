/**
 * Thrift: a small server and client for plain Thrift binary protocol over TCP, on which any service of a job can be
 * built, and the service of the parameter shards on top of it. The contract is {@code paramserver.thrift}.
 */
@NullMarked
package org.distbelief.paramserver.wire;

import org.jspecify.annotations.NullMarked;
