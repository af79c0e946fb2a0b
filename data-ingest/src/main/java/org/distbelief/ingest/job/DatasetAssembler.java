package org.distbelief.ingest.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.distbelief.dataset.DataFile;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.LabelOrder;
import org.distbelief.dataset.ManifestJson;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.Split;
import org.distbelief.ingest.IngestException;
import org.distbelief.ingest.IngestReport;

/** Makes one data set of what the reducers left in a directory: manifest and report in, side files out. */
final class DatasetAssembler {
    private final FileSystem fileSystem;
    private final Path directory;
    private final IngestSettings settings;
    private final int reducers;

    DatasetAssembler(FileSystem fileSystem, Path directory, IngestSettings settings, int reducers) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.settings = settings;
        this.reducers = reducers;
    }

    /** All reducers' lines. */
    BadInputReport readReport() throws IOException {
        JsonForm<PartRecord.Reported> form = new JsonForm<>(PartRecord.Reported.class);
        List<PartRecord.Reported> lines = new ArrayList<>();
        for (int i = 0; i < reducers; i++) {
            String name = PartSummary.REPORT_PREFIX + i;
            for (String line : read(name).split("\n", -1)) {
                if (!line.isEmpty()) {
                    lines.add(form.read(line, name));
                }
            }
        }
        return new BadInputReport(lines);
    }

    /** All reducers' summaries, in the order of the reducers, which is that of the shuffle. */
    List<PartSummary> readSummaries() throws IOException {
        JsonForm<PartSummary> form = new JsonForm<>(PartSummary.class);
        List<PartSummary> summaries = new ArrayList<>();
        for (int i = 0; i < reducers; i++) {
            summaries.add(form.read(read(PartSummary.PREFIX + i), PartSummary.PREFIX + i));
        }
        return summaries;
    }

    /**
     * The manifest that the summaries add up to.
     *
     * @throws IngestException if the split for mean and variance is empty
     */
    DatasetManifest manifest(String name, List<PartSummary> summaries) throws IngestException {
        TreeSet<String> labels = new TreeSet<>(new LabelOrder());
        Map<String, Split> splits = new LinkedHashMap<>();
        Moments moments = new Moments(settings.features().statisticsDimension());
        String statisticsSplit = settings.splits().statisticsSplit();
        for (int s = 0; s < settings.splits().names().size(); s++) {
            String splitName = settings.splits().names().get(s);
            List<DataFile> files = new ArrayList<>();
            List<Portion> portions = new ArrayList<>();
            long groups = 0;
            for (PartSummary summary : summaries) {
                PartSummary.SplitSummary part = summary.splits().get(s);
                part.files().forEach(f -> files.add(new DataFile(f.file(), f.bytes(), f.records(), f.examples())));
                part.portions()
                        .forEach(p -> portions.add(new Portion(
                                portions.size(), p.file(), p.offset(), p.length(), p.records(), p.examples())));
                groups += part.groups();
                labels.addAll(part.labels());
                if (splitName.equals(statisticsSplit)) {
                    moments.add(new Moments(part.count(), part.sums(), part.squares()));
                }
            }
            files.sort((a, b) -> a.file().compareTo(b.file()));
            splits.put(
                    splitName,
                    new Split(
                            portions.stream().mapToLong(Portion::records).sum(),
                            portions.stream().mapToLong(Portion::examples).sum(),
                            groups,
                            files,
                            portions));
        }
        if (moments.count() == 0) {
            throw new IngestException("no example came into the split '" + statisticsSplit
                    + "', over which mean and variance are taken; choose other splits or bring more input");
        }
        return new DatasetManifest(
                DatasetManifest.SCHEMA_VERSION,
                name,
                createdBy(),
                settings.seed(),
                settings.features(),
                List.copyOf(labels),
                settings.labels().statesPerLabel(),
                statisticsSplit,
                moments.mean(),
                moments.variance(),
                splits);
    }

    /** Writes manifest and report, and removes the side files. */
    void complete(DatasetManifest manifest, BadInputReport report) throws IOException {
        for (int i = 0; i < reducers; i++) {
            fileSystem.delete(new Path(directory, PartSummary.PREFIX + i), false);
            fileSystem.delete(new Path(directory, PartSummary.REPORT_PREFIX + i), false);
        }
        write(IngestReport.BAD_INPUT_FILE, report.text());
        write(DatasetManifest.FILE_NAME, new ManifestJson().write(manifest));
    }

    private static String createdBy() {
        String version = DatasetAssembler.class.getPackage().getImplementationVersion();
        return version == null ? "distbelief" : "distbelief " + version;
    }

    private String read(String name) throws IOException {
        try (FSDataInputStream in = fileSystem.open(new Path(directory, name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void write(String name, String text) throws IOException {
        try (FSDataOutputStream out = fileSystem.create(new Path(directory, name), false)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
