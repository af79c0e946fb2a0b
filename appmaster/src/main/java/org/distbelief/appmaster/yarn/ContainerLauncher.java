package org.distbelief.appmaster.yarn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.distbelief.appmaster.launch.JavaCommand;
import org.distbelief.appmaster.roster.Member;
import org.distbelief.appmaster.roster.Role;
import org.distbelief.appmaster.roster.RosterAction;
import org.distbelief.appmaster.work.Work;
import org.distbelief.conf.JobConfig;
import org.distbelief.container.process.ReplicaArguments;
import org.distbelief.container.process.ReplicaArguments.Mode;
import org.distbelief.container.process.ReplicaProcess;
import org.distbelief.paramserver.process.ShardArguments;
import org.distbelief.paramserver.process.ShardProcess;

/**
 * Launch contexts of shards and replicas.
 *
 * @param contexts what all processes of the job have in common
 * @param job the job
 * @param work what the application does
 * @param memory what the processes need
 * @param zookeeper connect string
 * @param znode path of the job in ZooKeeper
 * @param checkpoint where a shard that starts now takes its vectors from; empty for fresh ones
 */
record ContainerLauncher(
        LaunchContexts contexts,
        JobConfig job,
        Work work,
        MemoryNeeds memory,
        String zookeeper,
        String znode,
        Supplier<Optional<String>> checkpoint) {

    /**
     * The launch context of a member.
     *
     * @param launch who, under which start number, and whether as a standby
     * @param host the node it runs on
     */
    ContainerLaunchContext context(RosterAction.Launch launch, String host) {
        Role role = launch.member().role();
        JavaCommand command = role == Role.SHARD ? shard(launch, host) : replica(launch.member(), launch.start());
        int vcores = role == Role.SHARD ? job.shards().vcores() : job.replicas().vcores();
        try {
            return contexts.context(command, vcores, LaunchContexts.credentialsForContainers());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A standby is filled by the process that serves, and reads no checkpoint. */
    private JavaCommand shard(RosterAction.Launch launch, String host) {
        ShardArguments arguments = new ShardArguments(
                launch.member().index(),
                launch.start(),
                zookeeper,
                znode,
                host,
                launch.standby(),
                launch.standby() ? Optional.empty() : checkpoint.get());
        return new JavaCommand(ShardProcess.class.getName(), memory.shardJvm(), arguments.toCommandLine());
    }

    private JavaCommand replica(Member member, long start) {
        ReplicaArguments arguments = new ReplicaArguments(
                member.index(),
                member.partition(),
                start,
                zookeeper,
                znode,
                work.kind() == Work.Kind.TRAIN ? Mode.TRAIN : Mode.EVALUATE,
                Optional.ofNullable(work.model()),
                work.data());
        return new JavaCommand(
                ReplicaProcess.class.getName(), memory.replicaJvm(member.partition()), arguments.toCommandLine());
    }
}
