package org.distbelief.appmaster.roster;

/**
 * A place in the job that one container at a time fills.
 *
 * @param role what it does
 * @param index from 0 within its role
 */
public record Member(Role role, int index) {
    @Override
    public String toString() {
        return role.word() + " " + index;
    }
}
