package org.distbelief.ingest.job;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.distbelief.ingest.select.SeededHash;
import org.jspecify.annotations.Nullable;

/**
 * Writes one reducer's share of one split: portions, spread in turn over several files. Every portion starts at a sync
 * point. Sync markers follow from seed and file name, so that the same records give the same bytes.
 */
final class SplitWriter {
    /** Where files are created. */
    @FunctionalInterface
    interface Files {
        OutputStream create(String name) throws IOException;
    }

    private static final class OpenFile {
        private final String name;
        private final DataFileWriter<GenericRecord> writer;
        private long records;
        private long examples;

        OpenFile(String name, DataFileWriter<GenericRecord> writer) {
            this.name = name;
            this.writer = writer;
        }
    }

    private final String split;
    private final int reducer;
    private final IngestSettings settings;
    private final Schema schema;
    private final Files files;
    private final SeededHash markers;
    private final @Nullable OpenFile[] lanes;
    private final List<PartSummary.FilePart> finished = new ArrayList<>();
    private final List<PartSummary.PortionPart> portions = new ArrayList<>();
    private final TreeSet<String> labels = new TreeSet<>();
    private final Moments moments;
    private int fileCount;
    private long groups;
    private @Nullable OpenFile current;
    private long portionOffset;
    private int portionRecords;
    private long portionExamples;

    SplitWriter(String split, int reducer, IngestSettings settings, Schema schema, Files files) {
        this.split = split;
        this.reducer = reducer;
        this.settings = settings;
        this.schema = schema;
        this.files = files;
        this.markers = new SeededHash(settings.seed(), "sync marker");
        this.lanes = new OpenFile[settings.filesPerReducer()];
        this.moments = new Moments(settings.features().statisticsDimension());
    }

    void append(PartRecord.Examples record) throws IOException {
        if (current != null && portionExamples >= settings.portionExamples()) {
            endPortion(current);
        }
        OpenFile file = current == null ? beginPortion() : current;
        file.writer.appendEncoded(record.encoded().buffer());
        file.records++;
        file.examples += record.examples();
        portionRecords++;
        portionExamples += record.examples();
        groups += record.groups();
        labels.addAll(record.labels());
        moments.add(record.moments());
    }

    /** Ends the last portion, closes all files and says what was written. */
    PartSummary.SplitSummary finish() throws IOException {
        if (current != null) {
            endPortion(current);
        }
        for (int lane = 0; lane < lanes.length; lane++) {
            closeFile(lane);
        }
        return new PartSummary.SplitSummary(
                groups,
                List.copyOf(finished),
                List.copyOf(portions),
                List.copyOf(labels),
                moments.count(),
                moments.sums(),
                moments.squares());
    }

    private OpenFile beginPortion() throws IOException {
        int lane = portions.size() % lanes.length;
        OpenFile file = lanes[lane];
        if (file == null) {
            file = openFile();
            lanes[lane] = file;
        }
        portionOffset = file.writer.sync();
        portionRecords = 0;
        portionExamples = 0;
        current = file;
        return file;
    }

    private void endPortion(OpenFile file) throws IOException {
        int lane = portions.size() % lanes.length;
        long end = file.writer.sync();
        portions.add(new PartSummary.PortionPart(
                file.name, portionOffset, end - portionOffset, portionRecords, portionExamples));
        current = null;
        if (end >= settings.maxFileBytes()) {
            closeFile(lane);
        }
    }

    private OpenFile openFile() throws IOException {
        String name = String.format(Locale.ROOT, "%s-%05d-%05d.avro", split, reducer, fileCount++);
        DataFileWriter<GenericRecord> writer = new DataFileWriter<>(new GenericDatumWriter<>(schema));
        writer.setCodec(CodecFactory.fromString(settings.codec().avroName()));
        byte[] marker = ByteBuffer.allocate(16)
                .putLong(markers.hash(name + "/0"))
                .putLong(markers.hash(name + "/1"))
                .array();
        writer.create(schema, files.create(name), marker);
        return new OpenFile(name, writer);
    }

    private void closeFile(int lane) throws IOException {
        OpenFile file = lanes[lane];
        if (file != null) {
            long bytes = file.writer.sync();
            file.writer.close();
            finished.add(new PartSummary.FilePart(file.name, bytes, file.records, file.examples));
            lanes[lane] = null;
        }
    }
}
