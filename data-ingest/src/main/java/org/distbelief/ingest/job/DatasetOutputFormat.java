package org.distbelief.ingest.job;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.RecordWriter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.lib.output.FileOutputCommitter;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.dataset.avro.ImageBatch;
import org.distbelief.dataset.avro.Utterance;

/** Writes a reducer's records to the files of their splits, and beside them a summary and a list of bad input. */
final class DatasetOutputFormat extends FileOutputFormat<NullWritable, PartRecord> {
    @Override
    public RecordWriter<NullWritable, PartRecord> getRecordWriter(TaskAttemptContext context) throws IOException {
        Path work = ((FileOutputCommitter) getOutputCommitter(context)).getWorkPath();
        FileSystem fileSystem = work.getFileSystem(context.getConfiguration());
        IngestSettings settings = IngestSettings.read(context.getConfiguration());
        int reducer = context.getTaskAttemptID().getTaskID().getId();
        return new Writer(settings, reducer, name -> fileSystem.create(new Path(work, name), false));
    }

    private static final class Writer extends RecordWriter<NullWritable, PartRecord> {
        private final int reducer;
        private final SplitWriter.Files files;
        private final List<SplitWriter> splits = new ArrayList<>();
        private final OutputStream report;
        private final JsonForm<PartRecord.Reported> reports = new JsonForm<>(PartRecord.Reported.class);

        Writer(IngestSettings settings, int reducer, SplitWriter.Files files) throws IOException {
            this.reducer = reducer;
            this.files = files;
            Schema schema =
                    settings.kind() == DatasetKind.SPEECH ? Utterance.getClassSchema() : ImageBatch.getClassSchema();
            for (String split : settings.splits().names()) {
                splits.add(new SplitWriter(split, reducer, settings, schema, files));
            }
            this.report = new BufferedOutputStream(files.create(PartSummary.REPORT_PREFIX + reducer));
        }

        @Override
        public void write(NullWritable key, PartRecord record) throws IOException {
            if (record instanceof PartRecord.Examples examples) {
                splits.get(examples.split()).append(examples);
            } else if (record instanceof PartRecord.Reported reported) {
                report.write((reports.write(reported) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }

        @Override
        public void close(TaskAttemptContext context) throws IOException {
            report.close();
            List<PartSummary.SplitSummary> summaries = new ArrayList<>();
            for (SplitWriter split : splits) {
                summaries.add(split.finish());
            }
            try (OutputStream out = files.create(PartSummary.PREFIX + reducer)) {
                out.write(new JsonForm<>(PartSummary.class)
                        .write(new PartSummary(summaries))
                        .getBytes(StandardCharsets.UTF_8));
            }
        }
    }
}
