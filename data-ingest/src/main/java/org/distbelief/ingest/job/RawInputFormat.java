package org.distbelief.ingest.job;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.InputFormat;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.distbelief.ingest.raw.RawItem;

/** Cuts the input as the client planned it. */
final class RawInputFormat extends InputFormat<NullWritable, RawItem> {
    /** Path of the plan, one {@link RawSplit.Part} per line. */
    static final String PLAN_KEY = "distbelief.ingest.plan";

    @Override
    public List<InputSplit> getSplits(JobContext context) throws IOException {
        Configuration configuration = context.getConfiguration();
        String plan = configuration.get(PLAN_KEY);
        if (plan == null) {
            throw new IOException("expected the path of the input plan under " + PLAN_KEY + ", found none");
        }
        Path path = new Path(plan);
        JsonForm<RawSplit.Part> form = new JsonForm<>(RawSplit.Part.class);
        List<InputSplit> splits = new ArrayList<>();
        FileSystem fileSystem = path.getFileSystem(configuration);
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(fileSystem.open(path), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                splits.add(new RawSplit(form.read(line, plan)));
            }
        }
        return splits;
    }

    @Override
    public RecordReader<NullWritable, RawItem> createRecordReader(InputSplit split, TaskAttemptContext context) {
        return ((RawSplit) split).part().type() == RawSplit.Type.LIST
                ? new ListRecordReader()
                : new ArchiveRecordReader();
    }
}
