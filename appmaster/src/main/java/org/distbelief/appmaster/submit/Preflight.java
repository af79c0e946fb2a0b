package org.distbelief.appmaster.submit;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsAction;
import org.apache.hadoop.security.AccessControlException;
import org.distbelief.appmaster.hdfs.Checkpoints;
import org.distbelief.appmaster.hdfs.ShardedJobStorage;
import org.distbelief.appmaster.ledger.LedgerPosition;
import org.distbelief.appmaster.work.Work;
import org.distbelief.appmaster.yarn.MemoryNeeds;
import org.distbelief.appmaster.yarn.ZooKeeperAddress;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.JobFile;
import org.distbelief.conf.Optimiser;
import org.distbelief.container.downpour.GradientClipType;
import org.distbelief.container.hdfs.ModelDirectory;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.partition.PartitionException;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.Split;
import org.distbelief.dataset.hdfs.DatasetReader;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.ShardPlan;
import org.distbelief.paramserver.hdfs.VectorFiles;
import org.distbelief.paramserver.membership.Registry;
import org.distbelief.paramserver.pace.Consistency;
import org.distbelief.paramserver.rule.StateVector;
import org.distbelief.paramserver.rule.UpdateRuleType;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.storage.VectorsIndex;

/** Checks a job against the data, the file system and ZooKeeper before anything is submitted. */
final class Preflight {
    private static final Duration ZOOKEEPER_BOUND = Duration.ofSeconds(10);

    private final Configuration conf;

    Preflight(Configuration conf) {
        this.conf = conf;
    }

    /**
     * What a training job's containers will hold.
     *
     * @param data the data set
     * @param model the model that is trained on it
     * @param shards which shard holds which parameters
     * @param needs memory of shards and replicas, and how a replica is split
     * @param notes what the user should know of it, and may mend
     */
    record Planned(
            DatasetManifest data, ModelDescription model, ShardPlan shards, MemoryNeeds needs, List<String> notes) {
        /** Copies the list. */
        Planned {
            notes = List.copyOf(notes);
        }
    }

    /** Checks all of a training job that does not depend on what else there is on the cluster but the data. */
    Planned plan(JobFile job) throws IOException {
        GenericOptions.refuseUnused(conf);
        JobConfig config = job.config();
        DatasetManifest data = manifest(config.data().path());
        requireExamples(data, config.data().path(), config.data().split());
        if (config.evaluation().enabled()
                && !data.splits().containsKey(config.evaluation().split())) {
            throw CommandException.user(
                    "evaluation.split: the data set " + config.data().path() + " has no split '"
                            + config.evaluation().split() + "', it has "
                            + String.join(", ", data.splits().keySet())
                            + "; name one of them, or set evaluation.enabled to false");
        }
        ModelDescription model = ModelDescription.of(job, data);
        requireParts(config);
        ShardPlan shards = shards(model, config);
        return new Planned(
                data,
                model,
                shards,
                possible(() -> MemoryNeeds.training(config, model, shards)),
                new PortionShares(config, data.split(config.data().split()))
                        .note().stream().toList());
    }

    private static ShardPlan shards(ModelDescription model, JobConfig config) {
        int least = ShardMap.leastShards(model.layout().size());
        if (config.shards().count() < least) {
            throw CommandException.user("shards.count: the model has "
                    + model.layout().size()
                    + " parameters, and a shard holds at most " + ShardMap.MOST_FLOATS + "; expected at least " + least
                    + " shards, found " + config.shards().count());
        }
        return ShardPlan.of(model.layout(), config.shards().count(), config.seed());
    }

    /** What needs a model that can be split as its job asks. */
    private static <T> T possible(Supplier<T> wanted) {
        try {
            return wanted.get();
        } catch (PartitionException e) {
            throw CommandException.user("replicas.partitions: " + e.getMessage());
        }
    }

    /**
     * A training job.
     *
     * @param resume whether to go on from the newest checkpoint in the job's output
     */
    Submission train(JobFile job, boolean resume) throws IOException, InterruptedException {
        Planned planned = plan(job);
        planned.needs().shortage().ifPresent(shortage -> {
            throw CommandException.user(shortage);
        });
        JobConfig config = job.config();
        ShardPlan plan = planned.shards();
        Path output = qualified(config.output());
        Optional<String> checkpoint = Optional.empty();
        if (resume) {
            checkpoint = Optional.of(newestCheckpoint(
                    output, config, plan, planned.data().split(config.data().split())));
        } else {
            requireNew(output);
        }
        requireZooKeeper(config);
        Work work = new Work(
                Work.Kind.TRAIN,
                output.toString(),
                qualified(config.data().path()).toString(),
                null,
                checkpoint.orElse(null));
        return new Submission(job, work, planned.model().toJson(), plan.toJson(), planned.notes());
    }

    /**
     * An evaluation.
     *
     * @param modelPath directory of a trained model, or the output of the job that trained it
     * @param settings values that replace those of the model's job file
     */
    Submission evaluate(String modelPath, String dataPath, List<String> settings)
            throws IOException, InterruptedException {
        GenericOptions.refuseUnused(conf);
        Path directory = modelDirectory(qualified(modelPath));
        ModelDescription model = new ModelDirectory(conf, directory.toString()).description();
        JobFile job = JobFile.read(directory + "/" + ModelDescription.FILE_NAME + ", job", model.job(), settings);
        JobConfig config = job.config();
        DatasetManifest data = manifest(dataPath);
        requireExamples(data, dataPath, config.evaluation().split());
        if (data.kind() != model.kind() || data.featureDimension() != model.featureDimension()) {
            throw CommandException.user("the data set " + dataPath + " holds " + data.kind() + " of "
                    + data.featureDimension() + " numbers, but the model was trained on " + model.kind() + " of "
                    + model.featureDimension());
        }
        possible(() -> MemoryNeeds.evaluation(config, model.with(job)))
                .shortage()
                .ifPresent(shortage -> {
                    throw CommandException.user(shortage);
                });
        requireZooKeeper(config);
        Work work = new Work(
                Work.Kind.EVALUATE,
                directory.getParent().toString(),
                qualified(dataPath).toString(),
                directory.toString(),
                null);
        return new Submission(job, work, model.with(job).toJson(), null, List.of());
    }

    private Path qualified(String path) throws IOException {
        Path given = new Path(path);
        FileSystem fs = given.getFileSystem(conf);
        return fs.makeQualified(given);
    }

    private DatasetManifest manifest(String path) throws IOException {
        Path directory = qualified(path);
        if (!directory.getFileSystem(conf).exists(directory)) {
            throw CommandException.user(
                    "no such data set: " + directory + "; make one with 'bin/distbelief ingest --output " + path + "'");
        }
        return DatasetReader.open(conf, directory.toString()).manifest();
    }

    private static void requireExamples(DatasetManifest data, String path, String split) {
        Split found = data.splits().get(split);
        if (found == null) {
            throw CommandException.user("the data set " + path + " has no split '" + split + "', it has "
                    + String.join(", ", data.splits().keySet()));
        }
        if (found.examples() == 0) {
            throw CommandException.user("the split '" + split + "' of the data set " + path + " holds no examples");
        }
    }

    /** Parts that only the containers use: a mistake in their settings is refused here. */
    private static void requireParts(JobConfig config) {
        VersionedRate.of(config.downpour());
        config.downpour().clip().ifPresent(GradientClipType::find);
        Consistency.of(config);
    }

    /** The newest checkpoint, which must be one of this model, and one that this optimiser can go on from. */
    private String newestCheckpoint(Path output, JobConfig config, ShardPlan plan, Split split) throws IOException {
        Checkpoints checkpoints = new Checkpoints(conf, output);
        String newest = checkpoints
                .newest()
                .orElseThrow(() -> CommandException.user("nothing to resume: there is no checkpoint in " + output
                        + "/checkpoints; run without --resume to begin anew"));
        VectorsIndex index =
                new VectorFiles(conf).index(checkpoints.path(newest).toString());
        if (index.parameters() != plan.layout().size()) {
            throw CommandException.user("the checkpoint " + checkpoints.path(newest) + " is of a model with "
                    + index.parameters() + " parameters, but the job file's model has "
                    + plan.layout().size() + "; resume with the model that the job began with");
        }
        // What another optimiser has come to is taken as parameters to begin from.
        if (config.optimiser() == Optimiser.DOWNPOUR
                && checkpoints.position(newest) instanceof LedgerPosition position) {
            requireSame(checkpoints.path(newest), index, position, config, split);
        }
        return newest;
    }

    private static void requireSame(
            Path checkpoint, VectorsIndex index, LedgerPosition position, JobConfig config, Split split) {
        if (position.portions() != split.portions().size() || position.examplesPerEpoch() != split.examples()) {
            throw CommandException.user("the checkpoint " + checkpoint + " was taken on a split of "
                    + position.portions() + " portions and " + position.examplesPerEpoch()
                    + " examples, but the data set's has " + split.portions().size() + " and " + split.examples()
                    + "; resume with the data set that the job began with");
        }
        for (StateVector state : UpdateRuleType.find(config.downpour().update()).state()) {
            if (!index.vectors().contains(state.name())) {
                throw CommandException.user("the checkpoint " + checkpoint + " has no vector '"
                        + state.name() + "', which the update rule '"
                        + config.downpour().update() + "' needs; it has " + index.vectors()
                        + "; resume with the update rule that the job began with");
            }
        }
    }

    /** The output must not exist, and must be possible to create. */
    private void requireNew(Path output) throws IOException {
        try {
            requireNew(output.getFileSystem(conf), output);
        } catch (AccessControlException e) {
            throw CommandException.user("no permission to create the output " + output + ": "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static void requireNew(FileSystem fs, Path output) throws IOException {
        if (fs.exists(output)) {
            throw CommandException.user("the output exists: " + output
                    + "; remove it, choose another with --set output=..., or go on from its checkpoint with --resume");
        }
        Path parent = output.getParent();
        while (parent != null && !fs.exists(parent)) {
            parent = parent.getParent();
        }
        if (parent != null) {
            fs.access(parent, FsAction.WRITE);
        }
    }

    private Path modelDirectory(Path given) throws IOException {
        FileSystem fs = given.getFileSystem(conf);
        for (Path candidate : List.of(given, new Path(given, ShardedJobStorage.MODEL))) {
            if (fs.exists(new Path(candidate, ModelDescription.FILE_NAME))) {
                return candidate;
            }
        }
        throw CommandException.user("no model in " + given + ": expected " + ModelDescription.FILE_NAME
                + " in it or in its directory '" + ShardedJobStorage.MODEL + "'");
    }

    private void requireZooKeeper(JobConfig config) throws InterruptedException {
        String address = ZooKeeperAddress.of(conf, config)
                .orElseThrow(() -> CommandException.user("no ZooKeeper is configured: set " + ZooKeeperAddress.keys()));
        try {
            Registry.requireAnswer(address, ZOOKEEPER_BOUND);
        } catch (IOException e) {
            throw CommandException.unavailable(e);
        }
    }
}
