package org.distbelief.dataset.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.dataset.DataFile;
import org.distbelief.dataset.DatasetFormatException;
import org.distbelief.dataset.ExampleGroup;
import org.distbelief.dataset.ManifestJson;
import org.distbelief.dataset.Manifests;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.PortionRecords;
import org.distbelief.dataset.UtteranceGroup;
import org.distbelief.dataset.avro.Utterance;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetReaderTest {
    private static final String FILE = "train-0.avro";

    @TempDir
    Path directory;

    private final Configuration configuration = new Configuration();
    private final List<Portion> portions = new ArrayList<>();

    @BeforeEach
    void writeThreePortions() throws IOException {
        configuration.set("fs.defaultFS", "file:///");
        int[] sizes = {3, 1, 2};
        int number = 0;
        try (DataFileWriter<Utterance> writer = new DataFileWriter<>(new SpecificDatumWriter<>(Utterance.class))) {
            writer.setCodec(CodecFactory.snappyCodec());
            writer.create(Utterance.getClassSchema(), directory.resolve(FILE).toFile());
            for (int size : sizes) {
                long offset = writer.sync();
                for (int i = 0; i < size; i++) {
                    writer.append(utterance(number++));
                }
                portions.add(new Portion(portions.size(), FILE, offset, writer.sync() - offset, size, size));
            }
        }
        writeManifest();
    }

    @Test
    void eachPortionGivesExactlyItsRecords() throws Exception {
        DatasetReader reader = open();
        List<List<String>> ids = new ArrayList<>();
        for (Portion portion : reader.manifest().split("train").portions()) {
            ids.add(ids(reader, portion));
        }

        assertThat(ids).containsExactly(List.of("u0", "u1", "u2"), List.of("u3"), List.of("u4", "u5"));
    }

    @Test
    void aRecordStaysAsItIsWhileTheNextIsRead() throws Exception {
        try (PortionRecords records = open().open(portions.get(0))) {
            UtteranceGroup first = (UtteranceGroup) Objects.requireNonNull(records.next());
            records.next();

            assertThat(first.features().get(0)).isEqualTo(0f);
        }
    }

    @Test
    void aLocalFileLiesOnThisHost() throws Exception {
        assertThat(open().hosts(portions.get(0))).containsExactly("localhost");
    }

    @Test
    void noDataSetIsSaidPlainly() {
        assertThatThrownBy(() -> DatasetReader.open(
                        configuration, directory.resolve("none").toString()))
                .isInstanceOf(DatasetFormatException.class)
                .hasMessageContaining("no data set at")
                .hasMessageContaining("none");
    }

    @Test
    void aDamagedBlockIsReportedWithFileOffsetAndRecord() throws Exception {
        Portion last = portions.get(2);
        byte[] bytes = Files.readAllBytes(directory.resolve(FILE));
        bytes[(int) last.offset() + 10] ^= 0x55;
        Files.write(directory.resolve(FILE), bytes);

        assertThat(ids(open(), portions.get(0))).hasSize(3);
        assertThatThrownBy(() -> ids(open(), last))
                .isInstanceOf(DatasetFormatException.class)
                .hasMessageContaining(FILE)
                .hasMessageContaining("offset " + last.offset())
                .hasMessageContaining("record 0 of 2");
    }

    @Test
    void aFileCutShortIsReportedWhenOpened() throws Exception {
        byte[] bytes = Files.readAllBytes(directory.resolve(FILE));
        Files.write(directory.resolve(FILE), Arrays.copyOf(bytes, bytes.length - 1));

        assertThatThrownBy(() -> open().open(portions.get(2)))
                .hasMessageContaining(FILE)
                .hasMessageContaining("found a file of " + (bytes.length - 1) + " bytes");
    }

    @Test
    void aPortionThatClaimsTooManyRecordsIsReported() throws Exception {
        Portion last = portions.get(2);
        Portion greedy = new Portion(2, FILE, last.offset(), last.length(), 3, 3);

        assertThatThrownBy(() -> ids(open(), greedy)).hasMessageContaining("the file ends after 2 records");
    }

    @Test
    void aRecordWithUnknownLabelsNamesItsPlace() throws Exception {
        Path manifest = directory.resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace("\"a\"", "\"b\""));

        assertThatThrownBy(() -> ids(open(), portions.get(1)))
                .hasMessageContaining("record 0 of 1")
                .hasMessageContaining("label 'a' is not among");
    }

    private DatasetReader open() throws IOException {
        return DatasetReader.open(configuration, directory.toUri().toString());
    }

    private static List<String> ids(DatasetReader reader, Portion portion) throws IOException {
        List<String> ids = new ArrayList<>();
        try (PortionRecords records = reader.open(portion)) {
            for (ExampleGroup group = records.next(); group != null; group = records.next()) {
                ids.add(((UtteranceGroup) group).id());
            }
        }
        return ids;
    }

    private void writeManifest() throws IOException {
        long bytes = Files.size(directory.resolve(FILE));
        Files.writeString(
                directory.resolve("manifest.json"),
                new ManifestJson().write(Manifests.speech(List.of(new DataFile(FILE, bytes, 6, 6)), portions)));
    }

    private static Utterance utterance(int number) {
        ByteBuffer features = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        features.putFloat(0, number).putFloat(4, -number);
        return new Utterance("u" + number, 1, 2, features, List.of("a"), ByteBuffer.allocate(4));
    }
}
