package org.distbelief.ingest.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.distbelief.ingest.ProgressListener;
import org.distbelief.ingest.raw.FileRoles;
import org.distbelief.ingest.raw.RawEntries;
import org.distbelief.ingest.raw.RawItem;
import org.distbelief.ingest.raw.RawItems;

/**
 * Makes a plan of the mappers' work: what lies on the cluster is read there (folders through a list, archives one
 * mapper each), what only this machine sees is packed into archives in the staging directory first.
 */
final class InputStager {
    /** Raw bytes per mapper for folders on the cluster. */
    static final String SPLIT_BYTES = "distbelief.ingest.split.bytes";
    /** Raw bytes per mapper for local input. */
    static final String PACK_BYTES = "distbelief.ingest.pack.bytes";

    private static final long DEFAULT_SPLIT_BYTES = 64L << 20;
    private static final long DEFAULT_PACK_BYTES = 32L << 20;

    /**
     * What was staged.
     *
     * @param plan file of the mappers' work
     * @param bytes of all input, about
     * @param rawFiles recordings or images seen so far; archives on the cluster have not been looked into
     * @param complete whether everything has been looked into
     */
    record Staged(Path plan, long bytes, long rawFiles, boolean complete) {}

    private final FileSystem fileSystem;
    private final Path directory;
    private final FileRoles roles;
    private final int maxRawBytes;
    private final ProgressListener listener;
    private final ListFileWriter list;
    private final TarPacker packer;
    private final List<RawSplit.Part> archives = new ArrayList<>();
    private long bytes;
    private long rawFiles;
    private boolean complete = true;

    /** Into a directory that exists and is only the user's. */
    InputStager(
            Configuration configuration,
            FileSystem fileSystem,
            Path directory,
            FileRoles roles,
            int maxRawBytes,
            ProgressListener listener)
            throws IOException {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.roles = roles;
        this.maxRawBytes = maxRawBytes;
        this.listener = listener;
        this.list = new ListFileWriter(
                fileSystem,
                new Path(directory, "files.jsonl"),
                configuration.getLongBytes(SPLIT_BYTES, DEFAULT_SPLIT_BYTES));
        this.packer = new TarPacker(fileSystem, directory, configuration.getLongBytes(PACK_BYTES, DEFAULT_PACK_BYTES));
    }

    Staged stage(List<InputSource> sources) throws IOException {
        for (int i = 0; i < sources.size(); i++) {
            InputSource source = sources.get(i);
            bytes += source.bytes();
            if (source.local()) {
                pack(source, i, sources.size());
            } else if (source instanceof FolderSource folder) {
                list(folder);
            } else {
                complete = false;
                archives.add(new RawSplit.Part(
                        RawSplit.Type.ARCHIVE,
                        source.path().toString(),
                        0,
                        source.bytes(),
                        source.bytes(),
                        source.prefix()));
            }
        }
        List<RawSplit.Part> parts = new ArrayList<>(list.finish());
        parts.addAll(packer.finish());
        parts.addAll(archives);
        Path plan = new Path(directory, "plan.jsonl");
        JsonForm<RawSplit.Part> form = new JsonForm<>(RawSplit.Part.class);
        try (FSDataOutputStream out = fileSystem.create(plan, false)) {
            for (RawSplit.Part part : parts) {
                out.write((form.write(part) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        return new Staged(plan, bytes, rawFiles, complete);
    }

    private void pack(InputSource source, int index, int count) throws IOException {
        boolean sorted = source instanceof FolderSource;
        RawEntries.Source entries =
                source instanceof FolderSource folder ? folder.labelsFirst(roles) : source.entries();
        RawItems.LabelOrder order = sorted ? RawItems.LabelOrder.BEFORE_RECORDING : RawItems.LabelOrder.ANYWHERE;
        try (RawItems items = RawItems.open(roles, source.prefix(), maxRawBytes, order, entries)) {
            for (RawItem item = items.next(); item != null; item = items.next()) {
                if (item instanceof RawItem.Present present) {
                    rawFiles++;
                    packer.add(present);
                } else if (item instanceof RawItem.Rejected rejected) {
                    rawFiles++;
                    list.add(ListedItem.rejected(rejected.path(), rejected.reason(), rejected.detail()), 0);
                } else if (item instanceof RawItem.Ignored ignored) {
                    list.add(ListedItem.ignored(ignored.path(), ignored.detail()), 0);
                }
                listener.progress("packing input", (index + source.fractionRead()) / count);
            }
        }
    }

    private void list(FolderSource folder) throws IOException {
        Map<String, FolderSource.Found> labels = new HashMap<>();
        for (FolderSource.Found file : folder.files()) {
            if (roles.of(file.name()) == FileRoles.Role.LABELS) {
                labels.merge(
                        FileRoles.base(file.name()),
                        file,
                        (a, b) -> roles.labelRank(a.name()) <= roles.labelRank(b.name()) ? a : b);
            }
        }
        Set<String> used = new HashSet<>();
        for (FolderSource.Found file : folder.files()) {
            String path = folder.prefix() + file.name();
            switch (roles.of(file.name())) {
                case RAW -> {
                    rawFiles++;
                    FolderSource.Found label = labels.get(FileRoles.base(file.name()));
                    if (label == null) {
                        list.add(ListedItem.file(path, file.path().toString(), null, null), file.length());
                    } else {
                        used.add(label.name());
                        list.add(
                                ListedItem.file(
                                        path,
                                        file.path().toString(),
                                        folder.prefix() + label.name(),
                                        label.path().toString()),
                                file.length());
                    }
                }
                case LABELS -> {}
                case OTHER -> list.add(ListedItem.ignored(path, "neither raw data of this kind nor labels"), 0);
            }
        }
        for (FolderSource.Found file : folder.files()) {
            if (roles.of(file.name()) == FileRoles.Role.LABELS && !used.contains(file.name())) {
                list.add(ListedItem.ignored(folder.prefix() + file.name(), "a label file that no recording uses"), 0);
            }
        }
    }
}
