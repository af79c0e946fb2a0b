package org.distbelief.paramserver.membership;

import org.distbelief.paramserver.RangeSet;

/** What a shard's node says, as JSON. */
record ShardNode(String host, int port, RangeSet ranges, long generation) {}
