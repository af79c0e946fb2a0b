package org.distbelief.appmaster.roster;

/**
 * A place in the job that one container at a time fills.
 *
 * @param role what it does
 * @param index from 0 within its role
 * @param partition which partition of its model replica, or which copy of its shard, from 0; 0 where there is one
 * @param partitions how many partitions its replica, or copies its shard, has
 */
public record Member(Role role, int index, int partition, int partitions) {
    /** @throws IllegalArgumentException where a number is out of its range */
    public Member {
        if (index < 0 || partition < 0 || partition >= partitions) {
            throw new IllegalArgumentException("expected an index from 0 and a partition or copy below their number,"
                    + " found " + role.word() + " " + index + ", number " + partition + " of " + partitions);
        }
    }

    /** A parameter shard that a single process holds. */
    public static Member shard(int index) {
        return copy(index, 0, 1);
    }

    /** A process that holds a parameter shard; which of them serves it may change. */
    public static Member copy(int shard, int copy, int copies) {
        return new Member(Role.SHARD, shard, copy, copies);
    }

    /** A model replica of one piece. */
    public static Member replica(int index) {
        return partition(index, 0, 1);
    }

    /** A process that may lead Sandblaster. */
    public static Member coordinator(int index) {
        return new Member(Role.COORDINATOR, index, 0, 1);
    }

    /** A partition of a model replica. */
    public static Member partition(int replica, int partition, int partitions) {
        return new Member(Role.REPLICA, replica, partition, partitions);
    }

    @Override
    public String toString() {
        String part = role == Role.REPLICA ? ", partition " : ", copy ";
        return role.word() + " " + index + (partitions > 1 ? part + partition : "");
    }
}
