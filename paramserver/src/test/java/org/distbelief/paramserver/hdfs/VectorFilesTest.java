package org.distbelief.paramserver.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.Initialisation;
import org.distbelief.paramserver.ParameterLayout;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.client.InProcessShardClient;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.rule.Adagrad;
import org.distbelief.paramserver.rule.Momentum;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.rule.UpdateRule;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.shard.Holdings;
import org.distbelief.paramserver.shard.Pacing;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.storage.AppliedPushes;
import org.distbelief.paramserver.storage.SavedFile;
import org.distbelief.paramserver.storage.Slice;
import org.distbelief.paramserver.storage.VectorsIndex;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorFilesTest {
    private static final int SIZE = 4_300_000;
    private static final String JOB = "/distbelief/application_1_0001";
    private static final UpdateRule RULE = new Adagrad(0.1, 1e-10, 0);
    private static final ParameterLayout LAYOUT = new ParameterLayout(List.of(
            new Block("w", new Range(0, 4_299_000), new Initialisation.Uniform(-1, 1)),
            new Block("b", new Range(4_299_000, SIZE), new Initialisation.Constant(0.25f))));

    @TempDir
    private Path temp;

    private final VectorFiles files = new VectorFiles(new Configuration());
    private String directory = "";

    @BeforeEach
    void inAFreshDirectory() {
        directory = temp.resolve("checkpoint").toUri().toString();
    }

    @Test
    void anyNumberOfShardsReadsBackWhatAnyNumberHasWritten() throws Exception {
        ContiguousParameterBuffer written = new ContiguousParameterBuffer(SIZE);
        ContiguousParameterBuffer squares = new ContiguousParameterBuffer(SIZE);
        save(1, written, squares);
        for (int shards : new int[] {1, 3}) {
            ShardMap map = ShardMap.of(LAYOUT, shards);
            for (int i = 0; i < shards; i++) {
                ParameterShard shard = shard(map, i, RULE);
                files.restore(directory, shard, SIZE, JOB);
                assertSame(shard, VectorName.PARAMETERS, written);
                assertSame(shard, Adagrad.SQUARES, squares);
            }
        }
    }

    @Test
    void slicesAreShortAndPartsCanBeReadAlone() throws Exception {
        ContiguousParameterBuffer written = new ContiguousParameterBuffer(SIZE);
        VectorsIndex index = save(1, written, new ContiguousParameterBuffer(SIZE));
        assertThat(index.files().get(0).slices())
                .hasSize(4)
                .allMatch(s -> s.range().size() <= Slice.FLOATS);
        RangeSet some = RangeSet.of(List.of(new Range(10, 20), new Range(Slice.FLOATS - 5, Slice.FLOATS + 5)));
        ContiguousParameterBuffer read = new ContiguousParameterBuffer(SIZE);
        files.read(directory, VectorName.PARAMETERS, some, read);
        for (int i = 0; i < SIZE; i++) {
            float expected = some.contains(i) ? written.get(i) : 0;
            if (read.get(i) != expected) {
                assertThat(read.get(i)).as("parameter %d", i).isEqualTo(expected);
            }
        }
    }

    @Test
    void theSameShardOfTheSameJobRemembersItsPushesOthersOnlyHowManyTheyWere() throws Exception {
        save(2, new ContiguousParameterBuffer(SIZE), new ContiguousParameterBuffer(SIZE));
        ShardMap same = ShardMap.of(LAYOUT, 2);
        ParameterShard again = shard(same, 1, RULE);
        files.restore(directory, again, SIZE, JOB);
        assertThat(again.version()).isEqualTo(1);
        long pushes = same.ranges(1).cut(PushHeader.MOST_FLOATS).size();
        assertThat(again.status().pushes()).containsExactly(new AppliedPushes(0, 0, 1, pushes, 1));

        ParameterShard otherJob = shard(same, 1, RULE);
        files.restore(directory, otherJob, SIZE, JOB + "2");
        assertThat(otherJob.version()).isEqualTo(1);
        assertThat(otherJob.status().pushes()).isEmpty();

        ParameterShard otherCut = shard(ShardMap.of(LAYOUT, 3), 1, RULE);
        files.restore(directory, otherCut, SIZE, JOB);
        assertThat(otherCut.version()).isEqualTo(1);
        assertThat(otherCut.status().pushes()).isEmpty();
    }

    @Test
    void aDamagedByteIsFoundAndPlaced() throws Exception {
        save(2, new ContiguousParameterBuffer(SIZE), new ContiguousParameterBuffer(SIZE));
        Path file = temp.resolve("checkpoint/shard-00001.f32");
        byte[] bytes = Files.readAllBytes(file);
        bytes[1_234_567] ^= 1;
        Files.write(file, bytes);
        Files.delete(temp.resolve("checkpoint/.shard-00001.f32.crc"));
        ContiguousParameterBuffer into = new ContiguousParameterBuffer(SIZE);
        assertThatThrownBy(() -> files.read(directory, VectorName.PARAMETERS, LAYOUT.ranges(), into))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("shard-00001.f32, offset 0")
                .hasMessageContaining("expected checksum")
                .hasMessageContaining("use another checkpoint");
    }

    @Test
    void aShortOrMissingFileIsNamed() throws Exception {
        save(2, new ContiguousParameterBuffer(SIZE), new ContiguousParameterBuffer(SIZE));
        Path file = temp.resolve("checkpoint/shard-00000.f32");
        long length = Files.size(file);
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 1000));
        Files.delete(temp.resolve("checkpoint/.shard-00000.f32.crc"));
        ContiguousParameterBuffer into = new ContiguousParameterBuffer(SIZE);
        assertThatThrownBy(() -> files.read(directory, VectorName.PARAMETERS, LAYOUT.ranges(), into))
                .hasMessageContaining("shard-00000.f32: expected " + length + " bytes, found 1000");
        Files.delete(file);
        assertThatThrownBy(() -> files.read(directory, VectorName.PARAMETERS, LAYOUT.ranges(), into))
                .hasMessageContaining("shard-00000.f32 is missing");
    }

    @Test
    void aDirectoryIsCommittedWholeOrNotAtAll() throws Exception {
        ShardMap map = ShardMap.of(LAYOUT, 2);
        SavedFile first = files.write(directory, JOB, shard(map, 0, RULE), List.of(VectorName.PARAMETERS));
        assertThatThrownBy(() -> files.commit(directory, SIZE, List.of(first)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected all of {[0, 4300000)} of vector parameters");
        assertThatThrownBy(() -> files.index(directory)).hasMessageContaining("vectors.json does not exist");
        SavedFile second = files.write(directory, JOB, shard(map, 1, RULE), List.of(VectorName.PARAMETERS));
        assertThatThrownBy(() -> files.commit(directory, SIZE, List.of(first, second, second)))
                .hasMessageContaining("every float of vector parameters once");
        SavedFile lying = new SavedFile(second.file(), 7, 1, second.ranges(), 0, JOB, List.of(), second.slices());
        assertThatThrownBy(() -> files.commit(directory, SIZE, List.of(first, lying)))
                .hasMessageContaining("shard-00001.f32: expected 7 bytes, found");
        VectorsIndex index = files.commit(directory, SIZE, List.of(first, second));
        assertThat(files.index(directory)).isEqualTo(index);
        assertThatThrownBy(() -> files.commit(directory, SIZE, List.of(first, second)))
                .hasMessageContaining("is there already");
    }

    @Test
    void aCheckpointOfAnotherModelOrRuleIsRefused() throws Exception {
        save(1, new ContiguousParameterBuffer(SIZE), new ContiguousParameterBuffer(SIZE));
        ShardMap map = ShardMap.of(LAYOUT, 1);
        assertThatThrownBy(() -> files.restore(directory, shard(map, 0, RULE), SIZE + 1, JOB))
                .hasMessageContaining("model with 4300001 parameters, found one with 4300000");
        assertThatThrownBy(() -> files.restore(directory, shard(map, 0, new Momentum(1, 0.5)), SIZE, JOB))
                .hasMessageContaining("expected vector velocity")
                .hasMessageContaining("another update rule");
    }

    private static final VectorName STEP = new VectorName("step-3");

    private static ParameterShard shard(ShardMap map, int index, int most) {
        Holdings holdings = new Holdings(new Sgd(0), Pacing.asynchronous(), most);
        return new ParameterShard(
                index,
                1,
                map.ranges(index),
                holdings,
                VersionedRate.constant(),
                Duration.ofSeconds(5),
                ShardKernels.best());
    }

    private void saveSandblaster(ShardMap map) throws Exception {
        List<SavedFile> saved = new ArrayList<>();
        for (int i = 0; i < map.shards(); i++) {
            ParameterShard shard = shard(map, i, 5);
            ShardProgram program = ShardProgram.begin()
                    .random(VectorName.PARAMETERS, 4, 1)
                    .random(STEP, 5, 1)
                    .fill(new VectorName("push-1"), 1)
                    .end();
            shard.run(1, shard.ranges().size(), new NumberedProgram(1, 1, program));
            saved.add(
                    files.write(directory, JOB, shard, List.copyOf(shard.bank().names())));
        }
        files.commit(directory, SIZE, saved);
    }

    @Test
    void aCheckpointOfVectorsThatProgramsMadeIsRestoredAndReadByAnUpdateRule() throws Exception {
        saveSandblaster(ShardMap.of(LAYOUT, 2));
        ShardMap map = ShardMap.of(LAYOUT, 3);
        ParameterShard again = shard(map, 1, 4);
        files.restore(directory, again, SIZE, JOB);
        assertThat(again.bank().names()).containsExactly(VectorName.PARAMETERS, STEP);
        ShardProgram same = ShardProgram.begin()
                .random(new VectorName("trial"), 5, 1)
                .axpy(-1, STEP, new VectorName("trial"))
                .norm(new VectorName("trial"))
                .norm(STEP)
                .end();
        List<Double> norms = again.run(1, again.ranges().size(), new NumberedProgram(1, 1, same));
        assertThat(norms.get(0)).isZero();
        assertThat(norms.get(1)).isPositive();
        assertThatThrownBy(() -> files.restore(directory, shard(map, 1, 1), SIZE + 1, JOB))
                .hasMessageContaining("parameters, found one with");

        ParameterShard adagrad = shard(map, 1, RULE);
        files.restore(directory, adagrad, SIZE, JOB);
        ContiguousParameterBuffer parameters = new ContiguousParameterBuffer(SIZE);
        files.read(directory, VectorName.PARAMETERS, LAYOUT.ranges(), parameters);
        assertSame(adagrad, VectorName.PARAMETERS, parameters);
        assertThat(parameters.get(0)).isNotZero();
    }

    @Test
    void aCheckpointOfAnUpdateRuleGivesAShardOfProgramsItsParametersAlone() throws Exception {
        ContiguousParameterBuffer written = new ContiguousParameterBuffer(SIZE);
        save(1, written, new ContiguousParameterBuffer(SIZE));
        ParameterShard algebraic = shard(ShardMap.of(LAYOUT, 1), 0, 5);
        files.restore(directory, algebraic, SIZE, JOB);
        assertThat(algebraic.bank().names()).containsExactly(VectorName.PARAMETERS);
        assertSame(algebraic, VectorName.PARAMETERS, written);
    }

    @Test
    void anIndexOfAnotherVersionOrNoneAtAllIsRefused() throws Exception {
        Files.createDirectories(temp.resolve("checkpoint"));
        Path index = temp.resolve("checkpoint/vectors.json");
        Files.writeString(index, "{\"schemaVersion\": 9, \"parameters\": 1, \"files\": []}");
        assertThatThrownBy(() -> files.index(directory)).hasMessageContaining("expected schemaVersion 1, found 9");
        Files.writeString(index, "{\"schemaVersion\":");
        assertThatThrownBy(() -> files.index(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("vectors.json: expected an index of vectors");
    }

    /** Trains one step on a number of shards and commits; fills in what the shards then hold. */
    private VectorsIndex save(int shards, ContiguousParameterBuffer parameters, ContiguousParameterBuffer squares)
            throws Exception {
        ShardMap map = ShardMap.of(LAYOUT, shards);
        ContiguousParameterBuffer gradient = new ContiguousParameterBuffer(SIZE);
        for (int i = 0; i < SIZE; i++) {
            gradient.set(i, i % 97);
        }
        List<SavedFile> saved = new ArrayList<>();
        for (int i = 0; i < shards; i++) {
            ParameterShard shard = shard(map, i, RULE);
            shard.initialise(LAYOUT, 3);
            InProcessShardClient client = new InProcessShardClient(shard, files.saver(JOB), 1);
            List<RangeSet> pieces = shard.ranges().cut(PushHeader.MOST_FLOATS);
            for (int sequence = 1; sequence <= pieces.size(); sequence++) {
                PushId id = new PushId(0, 0, 1, sequence);
                boolean last = sequence == pieces.size();
                client.push(new PushHeader(1, id, pieces.get(sequence - 1), 0, last, true), gradient);
            }
            client.fetch(VectorName.PARAMETERS, shard.ranges(), parameters);
            client.fetch(Adagrad.SQUARES, shard.ranges(), squares);
            saved.add(client.save(directory, List.of(VectorName.PARAMETERS, Adagrad.SQUARES)));
        }
        return files.commit(directory, SIZE, saved);
    }

    private static ParameterShard shard(ShardMap map, int index, UpdateRule rule) {
        return new ParameterShard(index, 1, map.ranges(index), rule, Duration.ofSeconds(5));
    }

    private static void assertSame(ParameterShard shard, VectorName vector, ContiguousParameterBuffer expected)
            throws Exception {
        ContiguousParameterBuffer found = new ContiguousParameterBuffer(SIZE);
        new InProcessShardClient(shard, new VectorFiles(new Configuration()).saver(JOB), 1)
                .fetch(vector, shard.ranges(), found);
        for (Range range : shard.ranges()) {
            int length = (int) range.size();
            assertThat(found.view(range.start(), length))
                    .as("%s %s", vector, range)
                    .isEqualTo(expected.view(range.start(), length));
        }
    }
}
