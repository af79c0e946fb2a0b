package org.distbelief.dataset.hdfs;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.distbelief.dataset.ClassIndex;
import org.distbelief.dataset.DatasetFormatException;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.ManifestJson;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.PortionRecords;
import org.distbelief.dataset.PortionSource;

/** Reads a data set from a directory of a Hadoop file system. Immutable; does not own the file system. */
public final class DatasetReader implements PortionSource {
    private static final long MAX_MANIFEST_BYTES = 256L << 20;

    private final FileSystem fileSystem;
    private final Path directory;
    private final DatasetManifest manifest;
    private final ClassIndex classes;

    private DatasetReader(FileSystem fileSystem, Path directory, DatasetManifest manifest) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.manifest = manifest;
        this.classes = new ClassIndex(manifest);
    }

    /**
     * Opens the data set at a path or URI; without a scheme the configuration's default file system is meant.
     *
     * @throws IOException if there is no data set, or none that this version can read
     */
    public static DatasetReader open(Configuration configuration, String uri) throws IOException {
        Path path = new Path(uri);
        return open(path.getFileSystem(configuration), path);
    }

    /**
     * Opens the data set in a directory by reading its manifest.
     *
     * @throws IOException if there is no data set, or none that this version can read
     */
    public static DatasetReader open(FileSystem fileSystem, Path directory) throws IOException {
        Path qualified = fileSystem.makeQualified(directory);
        Path file = new Path(qualified, DatasetManifest.FILE_NAME);
        String json;
        try {
            long length = fileSystem.getFileStatus(file).getLen();
            if (length > MAX_MANIFEST_BYTES) {
                throw new DatasetFormatException(
                        file + ": expected a manifest of at most " + MAX_MANIFEST_BYTES + " bytes, found " + length);
            }
            try (FSDataInputStream in = fileSystem.open(file)) {
                json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (FileNotFoundException e) {
            throw new DatasetFormatException(
                    "no data set at " + qualified + ": expected a " + DatasetManifest.FILE_NAME
                            + " there, as the command 'ingest' writes it",
                    e);
        }
        return new DatasetReader(fileSystem, qualified, new ManifestJson().read(json, file.toString()));
    }

    @Override
    public DatasetManifest manifest() {
        return manifest;
    }

    /** The data set's directory, with scheme and authority. */
    public Path directory() {
        return directory;
    }

    @Override
    public PortionRecords open(Portion portion) throws IOException {
        return AvroPortionRecords.open(fileSystem, new Path(directory, portion.file()), portion, manifest, classes);
    }

    @Override
    public List<String> hosts(Portion portion) throws IOException {
        FileStatus status = fileSystem.getFileStatus(new Path(directory, portion.file()));
        Map<String, Long> bytesByHost = new LinkedHashMap<>();
        long end = portion.offset() + portion.length();
        for (BlockLocation block : fileSystem.getFileBlockLocations(status, portion.offset(), portion.length())) {
            long from = Math.max(block.getOffset(), portion.offset());
            long to = Math.min(block.getOffset() + block.getLength(), end);
            for (String host : block.getHosts()) {
                bytesByHost.merge(host, Math.max(0, to - from), Long::sum);
            }
        }
        return bytesByHost.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<String, Long> e) -> -e.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }
}
