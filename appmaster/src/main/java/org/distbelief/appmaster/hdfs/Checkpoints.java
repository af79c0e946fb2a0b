package org.distbelief.appmaster.hdfs;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.distbelief.appmaster.ledger.TrainingPosition;

/**
 * The checkpoints of a job, in {@code checkpoints/} of its output: directories {@code checkpoint-000001} and so on,
 * each with the shards' vectors and {@code position.json}. A checkpoint is written under a name that starts with a dot
 * and renamed when it is whole, so every {@code checkpoint-*} is complete.
 */
public final class Checkpoints {
    private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{6,})");
    private static final String POSITION = "position.json";

    private final ObjectMapper json = new ObjectMapper();
    private final FileSystem fs;
    private final Path directory;

    /** The checkpoints of the job whose output is {@code output}. */
    public Checkpoints(Configuration conf, Path output) throws IOException {
        this.fs = output.getFileSystem(conf);
        this.directory = fs.makeQualified(new Path(output, "checkpoints"));
    }

    /** The committed checkpoints' names, oldest first. */
    public List<String> committed() throws IOException {
        List<String> names = new ArrayList<>();
        if (fs.exists(directory)) {
            for (FileStatus entry : fs.listStatus(directory)) {
                if (NAME.matcher(entry.getPath().getName()).matches()) {
                    names.add(entry.getPath().getName());
                }
            }
        }
        names.sort(Comparator.comparingLong(Checkpoints::number));
        return names;
    }

    /** The newest committed checkpoint's name. */
    public Optional<String> newest() throws IOException {
        List<String> names = committed();
        return names.isEmpty() ? Optional.empty() : Optional.of(names.get(names.size() - 1));
    }

    /** Where a checkpoint lies. */
    public Path path(String name) {
        return new Path(directory, name);
    }

    /** How far training was at a committed checkpoint. */
    public TrainingPosition position(String name) throws IOException {
        try (InputStream in = fs.open(new Path(path(name), POSITION))) {
            return json.readValue(in.readAllBytes(), TrainingPosition.class);
        }
    }

    /** An empty directory for the next checkpoint, not committed yet; left-overs of earlier attempts are removed. */
    public Path begin() throws IOException {
        if (fs.exists(directory)) {
            for (FileStatus entry : fs.listStatus(directory)) {
                if (entry.getPath().getName().startsWith(".")) {
                    fs.delete(entry.getPath(), true);
                }
            }
        }
        long next = newest().map(Checkpoints::number).orElse(0L) + 1;
        Path temporary = new Path(directory, String.format(java.util.Locale.ROOT, ".checkpoint-%06d", next));
        if (!fs.mkdirs(temporary)) {
            throw new IOException("could not create " + temporary);
        }
        return temporary;
    }

    /**
     * Commits what {@link #begin} began, all at once.
     *
     * @return the checkpoint's name
     */
    public String commit(Path temporary, TrainingPosition position) throws IOException {
        try (OutputStream out = fs.create(new Path(temporary, POSITION), true)) {
            out.write(json.writeValueAsBytes(position));
        }
        String name = temporary.getName().substring(1);
        if (!fs.rename(temporary, path(name))) {
            throw new IOException("could not rename " + temporary + " to " + name);
        }
        return name;
    }

    /** Removes all but the newest {@code keep} committed checkpoints, and one that is needed still. */
    public void prune(int keep, Optional<String> needed) throws IOException {
        List<String> names = committed();
        for (String name : names.subList(0, Math.max(0, names.size() - keep))) {
            if (!needed.equals(Optional.of(name))) {
                fs.delete(path(name), true);
            }
        }
    }

    /** Bytes of a checkpoint. */
    public long bytes(String name) throws IOException {
        return fs.getContentSummary(path(name)).getLength();
    }

    private static long number(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a checkpoint's name: " + name);
        }
        return Long.parseLong(matcher.group(1));
    }
}
