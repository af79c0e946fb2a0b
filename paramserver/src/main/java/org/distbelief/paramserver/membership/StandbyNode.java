package org.distbelief.paramserver.membership;

/**
 * What a standby's node says, as JSON.
 *
 * @param inSyncWith generation of the serving process all of whose acknowledged updates the standby holds; 0 for none
 */
record StandbyNode(String host, int port, long generation, long inSyncWith) {}
