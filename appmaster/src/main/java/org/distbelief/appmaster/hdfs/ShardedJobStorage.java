package org.distbelief.appmaster.hdfs;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.distbelief.appmaster.job.JobStorage;
import org.distbelief.appmaster.ledger.TrainingPosition;
import org.distbelief.appmaster.shards.ShardSaver;
import org.distbelief.appmaster.status.JobSnapshot.CheckpointRow;
import org.distbelief.container.hdfs.ModelDirectory;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.hdfs.VectorFiles;

/** Has the shards write their vectors into the job's output and commits what they wrote. */
public final class ShardedJobStorage implements JobStorage {
    /** The trained model's directory, below the job's output. */
    public static final String MODEL = "model";

    private final Configuration conf;
    private final Path output;
    private final FileSystem fs;
    private final Checkpoints checkpoints;
    private final ShardSaver saver;
    private final VectorFiles files;
    private final Function<TrainingPosition, List<VectorName>> vectors;
    private final ModelDescription description;
    private final int keep;
    private final LongSupplier clock;

    /**
     * @param output the job's output directory
     * @param vectors what a checkpoint holds at a position: the parameters and the optimiser's state
     * @param description what the model is
     * @param keep how many checkpoints are kept
     * @param clock milliseconds since 1970
     */
    public ShardedJobStorage(
            Configuration conf,
            Path output,
            ShardSaver saver,
            Function<TrainingPosition, List<VectorName>> vectors,
            ModelDescription description,
            int keep,
            LongSupplier clock)
            throws IOException {
        this.conf = conf;
        this.fs = output.getFileSystem(conf);
        this.output = fs.makeQualified(output);
        this.checkpoints = new Checkpoints(conf, output);
        this.saver = saver;
        this.files = new VectorFiles(conf);
        this.vectors = vectors;
        this.description = description;
        this.keep = keep;
        this.clock = clock;
    }

    @Override
    public CheckpointRow checkpoint(TrainingPosition position, Optional<String> needed)
            throws IOException, InterruptedException {
        Path temporary = checkpoints.begin();
        save(temporary.toString(), vectors.apply(position));
        String name = checkpoints.commit(temporary, position);
        checkpoints.prune(keep, needed);
        return new CheckpointRow(name, clock.getAsLong(), position.examplesCompleted(), checkpoints.bytes(name));
    }

    @Override
    public String saveModel() throws IOException, InterruptedException {
        Path temporary = new Path(output, "." + MODEL);
        Path target = new Path(output, MODEL);
        fs.delete(temporary, true);
        ModelDirectory model = new ModelDirectory(conf, temporary.toString());
        create(new Path(model.parameters()));
        save(model.parameters(), List.of(VectorName.PARAMETERS));
        model.write(description);
        fs.delete(target, true);
        if (!fs.rename(temporary, target)) {
            throw new IOException("could not rename " + temporary + " to " + target);
        }
        return target.toString();
    }

    private void save(String directory, List<VectorName> names) throws IOException, InterruptedException {
        files.commit(directory, description.layout().size(), saver.save(directory, names));
    }

    private void create(Path directory) throws IOException {
        if (!fs.mkdirs(directory)) {
            throw new IOException("could not create " + directory);
        }
    }
}
