package org.distbelief.ingest.raw;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the files of a folder or an archive into items, each recording together with its label file. Nothing is
 * dropped: every file becomes an item, or labels of one.
 */
public final class RawItems implements Closeable {
    /** How label files lie among the files. */
    public enum LabelOrder {
        /** Directly before their recordings. */
        BEFORE_RECORDING,
        /** Anywhere: they are collected in a first pass. */
        ANYWHERE
    }

    private static final int MAX_LABEL_BYTES = 16 << 20;
    private static final long MAX_COLLECTED_BYTES = 64L << 20;

    private final FileRoles roles;
    private final String prefix;
    private final int maxRawBytes;
    private final LabelOrder labelOrder;
    private final RawEntries entries;
    /** Label files by base path, not yet (or perhaps again) to be used. */
    private final Map<String, RawFile> labels = new LinkedHashMap<>();

    private final Map<String, RawFile> usedLabels = new HashMap<>();
    private final Deque<RawItem> ready = new ArrayDeque<>();
    private boolean ended;

    private RawItems(FileRoles roles, String prefix, int maxRawBytes, LabelOrder labelOrder, RawEntries.Source source)
            throws IOException {
        this.roles = roles;
        this.prefix = prefix;
        this.maxRawBytes = maxRawBytes;
        this.labelOrder = labelOrder;
        if (roles.usesLabelFiles() && labelOrder == LabelOrder.ANYWHERE) {
            collectLabels(source);
        }
        this.entries = source.open();
    }

    /**
     * Opens a source.
     *
     * @param prefix put before every path: empty, or ending in a slash
     * @param maxRawBytes larger raw files are rejected unread
     */
    public static RawItems open(
            FileRoles roles, String prefix, int maxRawBytes, LabelOrder labelOrder, RawEntries.Source source)
            throws IOException {
        return new RawItems(roles, prefix, maxRawBytes, labelOrder, source);
    }

    /** The next item, or null after the last. */
    public @Nullable RawItem next() throws IOException {
        while (ready.isEmpty() && !ended) {
            RawEntries.Entry entry = entries.next();
            if (entry == null) {
                ended = true;
                dropUnusedLabels();
            } else {
                accept(entry);
            }
        }
        return ready.poll();
    }

    @Override
    public void close() throws IOException {
        entries.close();
    }

    private void accept(RawEntries.Entry entry) throws IOException {
        String path;
        try {
            path = prefix + RelativePath.normalise(entry.name());
        } catch (BadInputException e) {
            String name = prefix + entry.name();
            ready.add(
                    roles.of(entry.name()) == FileRoles.Role.RAW
                            ? new RawItem.Rejected(name, e.reason(), e.detail())
                            : new RawItem.Ignored(name, e.reason().text() + ": " + e.detail()));
            return;
        }
        if (!entry.plainFile()) {
            ready.add(new RawItem.Ignored(path, "not a plain file"));
            return;
        }
        switch (roles.of(path)) {
            case RAW -> ready.add(raw(path, entry));
            case LABELS -> {
                if (labelOrder == LabelOrder.BEFORE_RECORDING) {
                    keepLabels(path, entry, true);
                }
            }
            case OTHER -> ready.add(new RawItem.Ignored(path, "neither raw data of this kind nor labels"));
        }
    }

    private RawItem raw(String path, RawEntries.Entry entry) throws IOException {
        if (entry.length() > maxRawBytes) {
            return new RawItem.Rejected(
                    path, BadReason.TOO_LARGE, "expected at most " + maxRawBytes + " bytes, found " + entry.length());
        }
        try {
            return new RawItem.Present(new RawFile(path, entry.read()), labelsOf(path));
        } catch (BadInputException e) {
            return new RawItem.Rejected(path, e.reason(), e.detail());
        }
    }

    private @Nullable RawFile labelsOf(String path) {
        String base = FileRoles.base(path);
        RawFile found = labels.remove(base);
        if (found != null) {
            usedLabels.put(base, found);
            return found;
        }
        return usedLabels.get(base);
    }

    private void collectLabels(RawEntries.Source source) throws IOException {
        long bytes = 0;
        try (RawEntries first = source.open()) {
            for (RawEntries.Entry entry = first.next(); entry != null; entry = first.next()) {
                String path;
                try {
                    path = prefix + RelativePath.normalise(entry.name());
                } catch (BadInputException e) {
                    continue; // the second pass rejects it
                }
                if (entry.plainFile() && roles.of(path) == FileRoles.Role.LABELS) {
                    keepLabels(path, entry, false);
                    bytes += Math.min(entry.length(), MAX_LABEL_BYTES);
                    if (bytes > MAX_COLLECTED_BYTES) {
                        throw new IOException("expected at most " + MAX_COLLECTED_BYTES
                                + " bytes of label files in one archive, found more; cut the archive into several,"
                                + " or unpack it");
                    }
                }
            }
        }
    }

    private void keepLabels(String path, RawEntries.Entry entry, boolean inOrder) throws IOException {
        String base = FileRoles.base(path);
        if (inOrder && !labels.containsKey(base)) {
            dropUnusedLabels();
            usedLabels.clear();
        }
        if (entry.length() > MAX_LABEL_BYTES) {
            ready.add(new RawItem.Ignored(path, "a label file of more than " + MAX_LABEL_BYTES + " bytes"));
            return;
        }
        RawFile file;
        try {
            file = new RawFile(path, entry.read());
        } catch (BadInputException e) {
            ready.add(new RawItem.Ignored(path, "a label file that cannot be read: " + e.detail()));
            return;
        }
        RawFile other = labels.get(base);
        RawFile better = other == null || roles.labelRank(path) < roles.labelRank(other.path()) ? file : other;
        labels.put(base, better);
        if (other != null) {
            RawFile worse = better.equals(file) ? other : file;
            ready.add(new RawItem.Ignored(worse.path(), "labels come from " + better.name()));
        }
    }

    private void dropUnusedLabels() {
        for (RawFile file : labels.values()) {
            ready.add(new RawItem.Ignored(file.path(), "a label file that no recording uses"));
        }
        labels.clear();
    }
}
