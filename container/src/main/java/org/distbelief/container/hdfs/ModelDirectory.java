package org.distbelief.container.hdfs;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.hdfs.VectorFiles;

/**
 * The directory of a trained model: {@value ModelDescription#FILE_NAME}, and the vectors of the parameters in
 * {@value #PARAMETERS}. It is complete once the description is there, which is written last.
 */
public final class ModelDirectory {
    /** Name of the directory of the parameters, a directory of {@link VectorFiles}. */
    public static final String PARAMETERS = "parameters";

    private static final long LONGEST_DESCRIPTION = 256L << 20;

    private final Configuration configuration;
    private final Path directory;

    /** @param directory path or URI; without a scheme the configuration's default file system is meant */
    public ModelDirectory(Configuration configuration, String directory) {
        this.configuration = configuration;
        this.directory = new Path(directory);
    }

    /** Where the vectors of the parameters lie, or are to be written by {@link VectorFiles}. */
    public String parameters() {
        return new Path(directory, PARAMETERS).toString();
    }

    /**
     * Writes the description; call it when the parameters are complete.
     *
     * @throws IOException where it cannot be written, or there is one already
     */
    public void write(ModelDescription description) throws IOException {
        FileSystem files = directory.getFileSystem(configuration);
        Path target = new Path(directory, ModelDescription.FILE_NAME);
        if (files.exists(target)) {
            throw new IOException(target + " is there already: expected a directory without a model");
        }
        Path unfinished = new Path(directory, "." + ModelDescription.FILE_NAME + ".unfinished");
        try (FSDataOutputStream out = files.create(unfinished, true)) {
            out.write(description.toJson().getBytes(StandardCharsets.UTF_8));
        }
        if (!files.rename(unfinished, target)) {
            files.delete(unfinished, false);
            throw new IOException("cannot rename " + unfinished + " to " + target);
        }
    }

    /**
     * Reads the description.
     *
     * @throws IOException where there is no trained model, or none that this version can read
     */
    public ModelDescription description() throws IOException {
        FileSystem files = directory.getFileSystem(configuration);
        Path path = new Path(directory, ModelDescription.FILE_NAME);
        try {
            long length = files.getFileStatus(path).getLen();
            if (length > LONGEST_DESCRIPTION) {
                throw new IOException(path + ": expected at most " + LONGEST_DESCRIPTION + " bytes, found " + length);
            }
            try (FSDataInputStream in = files.open(path)) {
                return ModelDescription.fromJson(
                        path.toString(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (FileNotFoundException e) {
            throw new IOException(
                    "no trained model at " + directory + ": expected a " + ModelDescription.FILE_NAME + " there", e);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Reads parameters.
     *
     * @param into where they go, at their flat indices
     * @throws IOException where a file is missing or damaged, naming it
     */
    public void read(RangeSet ranges, ParameterBuffer into) throws IOException {
        new VectorFiles(configuration).read(parameters(), VectorName.PARAMETERS, ranges, into);
    }
}
