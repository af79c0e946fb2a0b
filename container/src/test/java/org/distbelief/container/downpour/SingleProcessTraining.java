package org.distbelief.container.downpour;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.FutureTask;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.JobFile;
import org.distbelief.container.FakeMaster;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.master.Progress;
import org.distbelief.container.master.Scored;
import org.distbelief.dataset.hdfs.DatasetReader;

/**
 * Trains a job file's model with the file's number of replicas and two shards in this process and scores it: to see
 * what the parts reach without a cluster. Arguments: the job file, the data set's directory, the number of threads, and
 * settings of the form {@code key.path=value}. Set OMP_NUM_THREADS to the number of threads.
 */
public final class SingleProcessTraining {
    private static final long TICK_MILLIS = 2000;

    private SingleProcessTraining() {}

    /** Runs it. */
    public static void main(String[] arguments) throws Exception {
        JobFile job = JobFile.read(
                arguments[0],
                Files.readString(Path.of(arguments[0])),
                Arrays.asList(arguments).subList(3, arguments.length));
        int threads = Integer.parseInt(arguments[2]);
        JobConfig config = job.config();
        DatasetReader data = DatasetReader.open(new Configuration(), arguments[1]);
        FakeMaster master = new FakeMaster(
                data.manifest().split(config.data().split()).portions().size(),
                data.manifest().split(config.evaluation().split()).portions().size(),
                config.downpour().epochs(),
                1,
                0);
        WorkerHarness harness = new WorkerHarness(job, data, master, () -> Kernels.best(threads));
        System.out.println(harness.model.parameters() + " parameters, "
                + data.manifest().split(config.data().split()).examples() + " examples");
        Timer ticker = new Timer(true);
        TimerTask tick = new TimerTask() {
            @Override
            public void run() {
                print(master.progress.getOrDefault(0, Progress.none()));
            }
        };
        ticker.schedule(tick, TICK_MILLIS, TICK_MILLIS);
        long start = System.nanoTime();
        List<FutureTask<Boolean>> replicas = new ArrayList<>();
        for (int i = 0; i < config.replicas().count(); i++) {
            int index = i;
            replicas.add(new FutureTask<>(() -> {
                harness.run(index);
                return true;
            }));
            new Thread(replicas.get(i), "replica-" + i).start();
        }
        for (FutureTask<Boolean> replica : replicas) {
            replica.get();
        }
        ticker.cancel();
        Progress progress = master.progress.getOrDefault(0, Progress.none());
        print(progress);
        double seconds = (System.nanoTime() - start) * 1e-9;
        List<Scored> scores = List.copyOf(master.scores.values());
        double examples = scores.stream().mapToLong(Scored::examples).sum();
        double groups = scores.stream().mapToLong(Scored::groups).sum();
        System.out.printf(
                Locale.ROOT,
                "%.1f s; by epoch %s; held-out loss %.4f, accuracy %.4f, groups %.4f%n",
                seconds,
                master.examplesByEpoch,
                scores.stream().mapToDouble(Scored::lossSum).sum() / examples,
                scores.stream().mapToLong(Scored::correct).sum() / examples,
                scores.stream().mapToLong(Scored::groupsCorrect).sum() / groups);
    }

    private static void print(Progress p) {
        System.out.printf(
                Locale.ROOT,
                "%d examples, %d steps, mean loss %.4f, compute %.2f s, wait %.2f s, fetch %.2f s, push %.2f s, fetches"
                        + " %d, pushes %d/%d, staleness %.2f, %d/%d MiB%n",
                p.examples(),
                p.steps(),
                p.lossSum() / Math.max(1, p.examples()),
                p.computeNanos() * 1e-9,
                p.waitNanos() * 1e-9,
                p.fetchNanos() * 1e-9,
                p.pushNanos() * 1e-9,
                p.fetches(),
                p.pushesAcknowledged(),
                p.pushes(),
                p.stalenessSum() / Math.max(1, p.pushesAcknowledged()),
                p.heapUsed() >> 20,
                p.directUsed() >> 20);
    }
}
