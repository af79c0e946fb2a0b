package org.distbelief.dataset.hdfs;

import java.io.IOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.distbelief.dataset.ClassIndex;
import org.distbelief.dataset.DatasetFormatException;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.ExampleGroup;
import org.distbelief.dataset.ImageGroup;
import org.distbelief.dataset.ImageSettings;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.PortionRecords;
import org.distbelief.dataset.SpeechSettings;
import org.distbelief.dataset.UtteranceGroup;
import org.distbelief.dataset.avro.ImageBatch;
import org.distbelief.dataset.avro.Utterance;
import org.jspecify.annotations.Nullable;

/** The records of a portion, decoded by Avro from its sync point on. */
final class AvroPortionRecords<R> implements PortionRecords {
    /** Makes a checked group of a decoded record. */
    private interface Decoder<R> {
        ExampleGroup group(R record);
    }

    private final Path file;
    private final Portion portion;
    private final SeekableFile input;
    private final DataFileReader<R> reader;
    private final Decoder<R> decoder;
    private int read;

    private AvroPortionRecords(
            Path file, Portion portion, SeekableFile input, DataFileReader<R> reader, Decoder<R> decoder) {
        this.file = file;
        this.portion = portion;
        this.input = input;
        this.reader = reader;
        this.decoder = decoder;
    }

    static PortionRecords open(
            FileSystem fileSystem, Path file, Portion portion, DatasetManifest manifest, ClassIndex classes)
            throws IOException {
        if (manifest.settings() instanceof ImageSettings images) {
            return open(
                    fileSystem,
                    file,
                    portion,
                    ImageBatch.getClassSchema(),
                    (ImageBatch record) -> new ImageGroup(record, classes, images));
        }
        int dimension = ((SpeechSettings) manifest.settings()).bands();
        return open(
                fileSystem,
                file,
                portion,
                Utterance.getClassSchema(),
                (Utterance record) -> new UtteranceGroup(record, classes, dimension));
    }

    private static <R> AvroPortionRecords<R> open(
            FileSystem fileSystem, Path file, Portion portion, Schema schema, Decoder<R> decoder) throws IOException {
        SeekableFile input = null;
        DataFileReader<R> reader = null;
        try {
            long length = fileSystem.getFileStatus(file).getLen();
            if (portion.offset() + portion.length() > length) {
                throw new DatasetFormatException("expected a portion up to byte "
                        + (portion.offset() + portion.length()) + ", found a file of " + length + " bytes");
            }
            input = new SeekableFile(fileSystem.open(file), length);
            SpecificData data = new SpecificData(ExampleGroup.class.getClassLoader());
            reader = new DataFileReader<>(input, new SpecificDatumReader<>(schema, schema, data));
            reader.seek(portion.offset());
            return new AvroPortionRecords<>(file, portion, input, reader, decoder);
        } catch (IOException | AvroRuntimeException e) {
            close(e, reader);
            close(e, input);
            boolean fileSystemFailed = input == null ? !(e instanceof DatasetFormatException) : input.failed();
            throw failure(file, portion, 0, fileSystemFailed, e);
        }
    }

    @Override
    public @Nullable ExampleGroup next() throws IOException {
        if (read == portion.records()) {
            return null;
        }
        try {
            if (!reader.hasNext()) {
                throw new DatasetFormatException("the file ends after " + read + " records of the portion");
            }
            R record = reader.next();
            ExampleGroup group = decoder.group(record);
            read++;
            return group;
        } catch (IOException | RuntimeException e) {
            throw failure(file, portion, read, input.failed(), e);
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    private static IOException failure(
            Path file, Portion portion, int record, boolean fileSystemFailed, Exception cause) {
        String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        String message = file + ", portion " + portion.id() + " at offset " + portion.offset() + ", record " + record
                + " of " + portion.records() + ": " + reason;
        return fileSystemFailed ? new IOException(message, cause) : new DatasetFormatException(message, cause);
    }

    private static void close(Exception cause, @Nullable AutoCloseable resource) {
        if (resource == null) {
            return;
        }
        try {
            resource.close();
        } catch (Exception e) {
            cause.addSuppressed(e);
        }
    }
}
