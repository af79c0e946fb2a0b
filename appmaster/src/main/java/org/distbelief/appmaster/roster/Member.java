package org.distbelief.appmaster.roster;

/**
 * A place in the job that one container at a time fills.
 *
 * @param role what it does
 * @param index from 0 within its role
 * @param partition which partition of its model replica, from 0; 0 for shards and for replicas of one piece
 * @param partitions how many partitions its replica has; 1 for shards and for replicas of one piece
 */
public record Member(Role role, int index, int partition, int partitions) {
    /** @throws IllegalArgumentException where a number is out of its range, or a shard is said to have partitions */
    public Member {
        if (index < 0 || partition < 0 || partition >= partitions || (role != Role.REPLICA && partitions != 1)) {
            throw new IllegalArgumentException("expected an index from 0 and a partition below the number of"
                    + " partitions, which is 1 but for replicas; found " + role.word() + " " + index + ", partition "
                    + partition + " of " + partitions);
        }
    }

    /** A parameter shard. */
    public static Member shard(int index) {
        return new Member(Role.SHARD, index, 0, 1);
    }

    /** A model replica of one piece. */
    public static Member replica(int index) {
        return partition(index, 0, 1);
    }

    /** A partition of a model replica. */
    public static Member partition(int replica, int partition, int partitions) {
        return new Member(Role.REPLICA, replica, partition, partitions);
    }

    @Override
    public String toString() {
        return role.word() + " " + index + (partitions > 1 ? ", partition " + partition : "");
    }
}
