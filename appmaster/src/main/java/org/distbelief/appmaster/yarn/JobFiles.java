package org.distbelief.appmaster.yarn;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.distbelief.appmaster.hdfs.Staging;
import org.distbelief.appmaster.work.Work;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.JobFile;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.paramserver.ShardPlan;

/**
 * What the client has left for the ApplicationMaster in its working directory.
 *
 * @param config the job file
 * @param work what to do
 * @param model what the model is
 * @param memory what the containers need
 */
record JobFiles(JobConfig config, Work work, ModelDescription model, MemoryNeeds memory) {
    static JobFiles read(Path directory) throws IOException {
        String yaml = Files.readString(directory.resolve(Staging.JOB));
        Work work = new ObjectMapper().readValue(directory.resolve(Staging.WORK).toFile(), Work.class);
        JobConfig config = JobFile.read(Staging.JOB, yaml, List.of()).config();
        ModelDescription model =
                ModelDescription.fromJson(Staging.MODEL, Files.readString(directory.resolve(Staging.MODEL)));
        MemoryNeeds memory = work.kind() == Work.Kind.TRAIN
                ? MemoryNeeds.training(config, model, shardPlan(directory))
                : MemoryNeeds.evaluation(config, model);
        return new JobFiles(config, work, model, memory);
    }

    private static ShardPlan shardPlan(Path directory) throws IOException {
        return ShardPlan.fromJson(Staging.SHARDS, Files.readString(directory.resolve(Staging.SHARDS)));
    }
}
