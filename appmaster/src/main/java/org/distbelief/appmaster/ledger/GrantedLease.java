package org.distbelief.appmaster.ledger;

/**
 * A portion given to a model replica for one epoch.
 *
 * @param id unique in the job
 * @param epoch from 1
 * @param portion the portion's id
 * @param replica who holds it
 */
public record GrantedLease(long id, int epoch, int portion, int replica) {}
