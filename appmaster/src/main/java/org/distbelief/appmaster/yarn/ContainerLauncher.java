package org.distbelief.appmaster.yarn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.distbelief.appmaster.launch.JavaCommand;
import org.distbelief.appmaster.launch.JvmMemory;
import org.distbelief.appmaster.process.CoordinatorArguments;
import org.distbelief.appmaster.process.CoordinatorProcess;
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
 * Launch contexts of shards, replicas and coordinators.
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
        JavaCommand command = switch (role) {
            case SHARD -> shard(launch, host);
            case REPLICA -> replica(launch.member(), launch.start());
            case COORDINATOR -> coordinator(launch, host);
        };
        int vcores = switch (role) {
            case SHARD -> job.shards().vcores();
            case REPLICA -> job.replicas().vcores();
            case COORDINATOR -> job.coordinators().vcores();
        };
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
        return new JavaCommand(
                ShardProcess.class.getName(), memory.shardJvm(), JavaCommand.Compiler.USUAL, arguments.toCommandLine());
    }

    private JavaCommand coordinator(RosterAction.Launch launch, String host) {
        CoordinatorArguments arguments =
                new CoordinatorArguments(launch.member().index(), launch.start(), zookeeper, znode, host, work.data());
        return new JavaCommand(
                CoordinatorProcess.class.getName(),
                JvmMemory.mostlyHeap(job.coordinators().memoryMib()),
                JavaCommand.Compiler.FAST,
                arguments.toCommandLine());
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
                ReplicaProcess.class.getName(),
                memory.replicaJvm(member.partition()),
                JavaCommand.Compiler.USUAL,
                arguments.toCommandLine());
    }
}
