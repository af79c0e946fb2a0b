package org.distbelief.appmaster.hdfs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.SnapshotJson;

/**
 * The last snapshot of each job, as JSON: in {@code .distbelief/history/<application>.json} of the user's home, where
 * {@code status} finds it, and for a training job also in {@code history/} next to its model.
 */
public final class HistoryStore {
    private final SnapshotJson json = new SnapshotJson();
    private final Configuration conf;

    /** @param conf configuration of the cluster's file system */
    public HistoryStore(Configuration conf) {
        this.conf = conf;
    }

    /**
     * Writes a job's snapshot, replacing an earlier one of the same application. Its ApplicationMaster and the command
     * that kills it may do so at the same time.
     *
     * @param output the job's output directory; empty if it has none
     */
    public void write(JobSnapshot snapshot, Optional<Path> output) throws IOException {
        List<Path> places = new ArrayList<>();
        places.add(own(snapshot.application()));
        output.ifPresent(dir -> places.add(new Path(dir, "history/" + snapshot.application() + ".json")));
        byte[] text = json.write(snapshot).getBytes(StandardCharsets.UTF_8);
        for (Path place : places) {
            replace(place, text);
        }
    }

    /** All at once, so that readers see either text whole; of two writers at a time the later one wins. */
    private void replace(Path place, byte[] text) throws IOException {
        FileSystem fs = place.getFileSystem(conf);
        Path temporary = new Path(place.getParent(), "." + place.getName() + "." + UUID.randomUUID());
        try {
            try (OutputStream out = fs.create(temporary, false)) {
                out.write(text);
            }
            FileContext.getFileContext(fs.getUri(), conf)
                    .rename(fs.makeQualified(temporary), fs.makeQualified(place), Options.Rename.OVERWRITE);
        } catch (IOException e) {
            try {
                fs.delete(temporary, false);
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    /** Reads the last snapshot of an application of the current user; empty if there is none. */
    public Optional<JobSnapshot> read(String application) throws IOException {
        Path place = own(application);
        FileSystem fs = place.getFileSystem(conf);
        if (!fs.exists(place)) {
            return Optional.empty();
        }
        try (InputStream in = fs.open(place)) {
            return Optional.of(json.read(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        }
    }

    private Path own(String application) throws IOException {
        FileSystem fs = FileSystem.get(conf);
        return fs.makeQualified(new Path(fs.getHomeDirectory(), ".distbelief/history/" + application + ".json"));
    }
}
