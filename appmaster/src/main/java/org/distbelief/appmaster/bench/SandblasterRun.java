package org.distbelief.appmaster.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.distbelief.appmaster.launch.JavaCommand;
import org.distbelief.container.bench.SandblasterReplicaProcess;
import org.distbelief.container.bench.SandblasterReplicaProcess.Done;
import org.distbelief.container.bench.SandblasterTask;
import org.distbelief.paramserver.bench.PinnedProcess;
import org.distbelief.paramserver.bench.VectorShardProcess;
import org.distbelief.paramserver.security.JobSecret;

/**
 * One run of Sandblaster in processes of its own on two processors: each of the two shards on one of them, and so are
 * two replicas; one replica, and the coordinator, have both.
 */
final class SandblasterRun {
    private static final int SHARDS = 2;
    /** Iterations until most of what runs again and again is compiled. */
    private static final int WARM_UP = 300;

    private static final int REPLICA_MIB = 2048;
    private static final int COORDINATOR_MIB = 256;

    private final int replicas;
    private final int threads;
    private final int iterations;
    private final JsonMapper json = JsonMapper.builder().build();

    /** What a run came to, in the terms of {@link SandblasterFigures.Way}. */
    record Result(
            double examples,
            double evaluating,
            double evaluations,
            double programs,
            double bytes,
            double outside,
            double waiting) {}

    /** @param iterations that are measured, after some others */
    SandblasterRun(int replicas, int threads, int iterations) {
        this.replicas = replicas;
        this.threads = threads;
        this.iterations = iterations;
    }

    Result run() throws IOException {
        JobSecret secret = JobSecret.random(new SecureRandom());
        String hex = HexFormat.of().formatHex(secret.bytes());
        List<AutoCloseable> running = new ArrayList<>();
        try {
            String ports = shards(secret, running);
            PinnedProcess coordinator = PinnedProcess.start(
                    Processors.BOTH,
                    COORDINATOR_MIB,
                    JavaCommand.Compiler.FAST.options(), // As a job starts it.
                    SandblasterCoordinatorProcess.class,
                    ports,
                    Integer.toString(replicas),
                    Integer.toString(WARM_UP + iterations));
            running.add(coordinator);
            coordinator.tell(hex);
            String port = coordinator.expect(SandblasterCoordinatorProcess.PORT);
            List<PinnedProcess> all = new ArrayList<>();
            for (int replica = 0; replica < replicas; replica++) {
                PinnedProcess process = PinnedProcess.start(
                        Processors.of(replica, replicas),
                        REPLICA_MIB,
                        SandblasterReplicaProcess.class,
                        Integer.toString(replica),
                        Integer.toString(threads),
                        port,
                        ports);
                running.add(process);
                all.add(process);
                process.tell(hex);
            }
            return measure(coordinator, all);
        } finally {
            end(running);
        }
    }

    private static String shards(JobSecret secret, List<AutoCloseable> running) throws IOException {
        SandblasterTask task = new SandblasterTask(1);
        List<String> ports = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            VectorShardProcess.Running process = new VectorShardProcess.Running(
                    Processors.of(shard, SHARDS),
                    secret,
                    task.description().job(),
                    task.description().layout(),
                    shard,
                    SHARDS);
            running.add(process);
            ports.add(Integer.toString(process.port()));
        }
        return String.join(",", ports);
    }

    private Result measure(PinnedProcess coordinator, List<PinnedProcess> processes) throws IOException {
        IterationFigures from = await(coordinator, WARM_UP);
        Done doneBefore = done(processes);
        double secondsOfExample = 0;
        IterationFigures to = from;
        while (to.iteration() < WARM_UP + iterations) {
            to = await(coordinator, (int) to.iteration() + 1);
            secondsOfExample += 1 / to.evaluating();
        }
        Done done = done(processes);
        double nanos = to.nanos() - from.nanos();
        double all = new SandblasterTask(1).data().split().examples();
        return new Result(
                (to.examples() - from.examples()) / (1e-9 * nanos),
                iterations / secondsOfExample,
                (to.examples() - from.examples()) / all / iterations,
                (double) (to.programs() - from.programs()) / iterations,
                (double) (to.bytes() - from.bytes()) / iterations / SHARDS,
                1 - (done.computing() - doneBefore.computing()) / (nanos * replicas),
                (done.waiting() - doneBefore.waiting()) / (nanos * replicas));
    }

    private IterationFigures await(PinnedProcess coordinator, int iteration) throws IOException {
        while (true) {
            IterationFigures next =
                    json.readValue(coordinator.expect(SandblasterCoordinatorProcess.ITERATION), IterationFigures.class);
            if (next.iteration() == iteration) {
                return next;
            }
        }
    }

    /** What all replicas have done. */
    private Done done(List<PinnedProcess> processes) throws IOException {
        for (PinnedProcess process : processes) {
            process.tell("?");
        }
        Done sum = new Done(0, 0, 0, 0);
        for (PinnedProcess process : processes) {
            sum = sum.plus(json.readValue(process.expect(SandblasterReplicaProcess.DONE), Done.class));
        }
        return sum;
    }

    /** Ends what was started, the last one first. */
    private static void end(List<AutoCloseable> running) throws IOException {
        for (int i = running.size() - 1; i >= 0; i--) {
            try {
                running.get(i).close();
            } catch (IOException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException("a process of the benchmark could not be ended", e);
            }
        }
    }
}
