package org.distbelief.paramserver.hdfs;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.LbfgsVectors;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardSaver;
import org.distbelief.paramserver.shard.VectorBank;
import org.distbelief.paramserver.storage.SavedFile;
import org.distbelief.paramserver.storage.VectorsIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories of vectors: {@code vectors.json} and one raw file of little-endian binary32 floats per shard. Each shard
 * writes its own file; whoever has collected what they wrote commits the directory by writing the index last. It can be
 * read into any number of shards, or into a replica.
 *
 * <p>The index keeps each shard's pushes. A shard of the same job that holds the same ranges takes them over, so that a
 * push that the checkpoint contains and whose sender never got the acknowledgement is recognised when it is sent again.
 * In any other case they are dropped: the pushes of another job have nothing to do with this one's, and with another
 * cut over the shards every replica starts anew, with a new incarnation.
 */
public final class VectorFiles {
    private static final Logger LOG = LoggerFactory.getLogger(VectorFiles.class);
    private static final int LONGEST_INDEX = 256 << 20;

    private final Configuration configuration;

    /** @param configuration names the default file system and how to reach it */
    public VectorFiles(Configuration configuration) {
        this.configuration = configuration;
    }

    /** With the configuration that lies on the class path. */
    public static VectorFiles ofClassPath() {
        return new VectorFiles(new Configuration());
    }

    /**
     * Writes a shard's vectors whenever it is told to.
     *
     * @param job names the job, as in {@link #restore}
     */
    public ShardSaver saver(String job) {
        return (shard, directory, vectors) -> write(directory, job, shard, vectors);
    }

    /**
     * Writes a shard's file while the shard goes on serving.
     *
     * @param directory made if need be; a file that the same shard has left there is replaced
     * @param job names the job whose pushes the shard has applied
     */
    public SavedFile write(String directory, String job, ParameterShard shard, List<VectorName> vectors)
            throws IOException {
        Path dir = new Path(directory);
        FileSystem files = dir.getFileSystem(configuration);
        files.mkdirs(dir);
        String name = String.format(Locale.ROOT, "shard-%05d.f32", shard.index());
        Path unfinished = new Path(dir, "." + name + ".unfinished");
        Path finished = new Path(dir, name);
        SliceWriter writer;
        try (FSDataOutputStream out = files.create(unfinished, true)) {
            writer = new SliceWriter(shard.bank(), out);
            for (VectorName vector : vectors) {
                writer.write(vector);
            }
        }
        replace(files, unfinished, finished);
        return new SavedFile(
                name,
                writer.bytes(),
                shard.index(),
                shard.ranges(),
                shard.version(),
                job,
                shard.settledPushes(),
                writer.slices());
    }

    private static void replace(FileSystem files, Path from, Path to) throws IOException {
        files.delete(to, false);
        if (!files.rename(from, to)) {
            throw new IOException("cannot rename " + from + " to " + to);
        }
    }

    /**
     * Makes a directory whole.
     *
     * @param parameters the model's size
     * @param files what every shard has written there
     * @return the index that was written
     * @throws IOException where a part of a vector is missing, a file has not the length that its shard said, or the
     *     directory has been committed before
     */
    public VectorsIndex commit(String directory, long parameters, List<SavedFile> files) throws IOException {
        Path dir = new Path(directory);
        FileSystem system = dir.getFileSystem(configuration);
        Path target = new Path(dir, VectorsIndex.FILE);
        if (system.exists(target)) {
            throw new IOException(target + " is there already: expected a directory that was not committed before");
        }
        VectorsIndex index;
        try {
            index = VectorsIndex.of(parameters, files);
        } catch (IllegalArgumentException e) {
            throw new IOException(dir + ": " + e.getMessage(), e);
        }
        for (SavedFile file : files) {
            Path path = new Path(dir, file.file());
            FileStatus status = system.getFileStatus(path);
            if (status.getLen() != file.bytes()) {
                throw new IOException(path + ": expected " + file.bytes() + " bytes, found " + status.getLen());
            }
        }
        Path unfinished = new Path(dir, "." + VectorsIndex.FILE + ".unfinished");
        try (FSDataOutputStream out = system.create(unfinished, true)) {
            out.write(index.toJson().getBytes(StandardCharsets.UTF_8));
        }
        if (!system.rename(unfinished, target)) {
            throw new IOException("cannot rename " + unfinished + " to " + target);
        }
        return index;
    }

    /**
     * The index of a committed directory.
     *
     * @throws IOException where there is none, or it cannot be understood
     */
    public VectorsIndex index(String directory) throws IOException {
        Path path = new Path(directory, VectorsIndex.FILE);
        FileSystem system = path.getFileSystem(configuration);
        FileStatus status;
        try {
            status = system.getFileStatus(path);
        } catch (FileNotFoundException e) {
            throw new FileNotFoundException(
                    path + " does not exist: expected a complete checkpoint or model in " + directory);
        }
        if (status.getLen() > LONGEST_INDEX) {
            throw new IOException(
                    path + ": expected an index of at most " + LONGEST_INDEX + " bytes, found " + status.getLen());
        }
        byte[] text = new byte[(int) status.getLen()];
        try (var in = system.open(path)) {
            in.readFully(0, text);
        }
        try {
            return VectorsIndex.fromJson(path.toString(), new String(text, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Reads part of a vector, checking every slice.
     *
     * @param into where the floats go, at their flat indices; where this fails, some may have been overwritten
     * @throws IOException where the directory is not complete, or a file is damaged; names file, offset, expected,
     *     found
     */
    public void read(String directory, VectorName vector, RangeSet ranges, ParameterBuffer into) throws IOException {
        reader(directory, index(directory)).read(vector, ranges, (start, floats) -> copy(start, floats, into));
    }

    /** {@link #read(String, VectorName, RangeSet, ParameterBuffer)} into a shard's vector of the same name. */
    public void read(String directory, VectorName vector, RangeSet ranges, VectorBank into) throws IOException {
        read(directory, index(directory), vector, ranges, into);
    }

    private void read(String directory, VectorsIndex index, VectorName vector, RangeSet ranges, VectorBank into)
            throws IOException {
        reader(directory, index)
                .read(
                        vector,
                        ranges,
                        (start, floats) -> into.write(
                                vector, RangeSet.of(start, start + floats.remaining() / Float.BYTES), floats));
    }

    /**
     * Gives a shard the state of a checkpoint, before it serves: its vectors, its version, and its pushes where it is
     * the same shard of the same job. A shard that was cut otherwise takes the greatest version in the checkpoint.
     *
     * <p>A shard that runs programs gets the vectors of L-BFGS that there are, and no state of an update rule. The
     * state of its own update rule stays as it is initially where the checkpoint has no rule's state at all.
     *
     * @param parameters the model's size
     * @param job names the job that the shard belongs to
     * @throws IOException where the checkpoint is damaged, or is one of another model or update rule
     */
    public void restore(String directory, ParameterShard shard, long parameters, String job) throws IOException {
        VectorsIndex index = index(directory);
        if (index.parameters() != parameters) {
            throw new IOException(directory + ": expected a checkpoint of a model with " + parameters
                    + " parameters, found one with " + index.parameters());
        }
        for (VectorName vector : vectors(directory, index, shard)) {
            read(directory, index, vector, shard.ranges(), shard.bank());
        }
        Optional<SavedFile> same = index.files().stream()
                .filter(f -> f.shard() == shard.index() && f.ranges().equals(shard.ranges()))
                .findFirst();
        long version = same.map(SavedFile::version).orElseGet(index::version);
        shard.restore(
                version,
                same.filter(f -> f.job().equals(job)).map(SavedFile::pushes).orElse(List.of()));
    }

    /** What a shard takes of a checkpoint; makes the vectors that it does not have. */
    private static Set<VectorName> vectors(String directory, VectorsIndex index, ParameterShard shard)
            throws IOException {
        Set<VectorName> fixed = shard.bank().fixed();
        boolean stateless =
                index.vectors().size() == 1 || index.vectors().stream().anyMatch(LbfgsVectors::has);
        Set<VectorName> taken = new TreeSet<>();
        for (VectorName vector : fixed) {
            if (index.vectors().contains(vector)) {
                taken.add(vector);
            } else if (vector.equals(VectorName.PARAMETERS) || !stateless) {
                throw new IOException(directory + ": expected vector " + vector + ", found " + index.vectors()
                        + "; the checkpoint was made with another update rule");
            }
        }
        List<VectorName> history =
                index.vectors().stream().filter(LbfgsVectors::has).toList();
        if (shard.bank().most() >= fixed.size() + history.size()) {
            for (VectorName vector : history) {
                add(directory, vector, shard);
                taken.add(vector);
            }
        } else if (shard.bank().most() > fixed.size()) {
            LOG.info("{}: left out {}, for which this job has no room", directory, history);
        }
        return taken;
    }

    private static void add(String directory, VectorName vector, ParameterShard shard) throws IOException {
        try {
            shard.add(vector);
        } catch (ShardException e) {
            throw new IOException(directory + ": there is no room for vector " + vector + ": " + e.getMessage(), e);
        }
    }

    private SliceReader reader(String directory, VectorsIndex index) throws IOException {
        Path dir = new Path(directory);
        return new SliceReader(dir.getFileSystem(configuration), dir, index);
    }

    private static void copy(long start, ByteBuffer floats, ParameterBuffer into) {
        long index = start;
        while (floats.hasRemaining()) {
            int length = (int) Math.min(floats.remaining() / Float.BYTES, into.segmentEnd(index) - index);
            ByteBuffer view = into.view(index, length);
            view.put(floats.slice(floats.position(), length * Float.BYTES));
            floats.position(floats.position() + length * Float.BYTES);
            index += length;
        }
    }
}
