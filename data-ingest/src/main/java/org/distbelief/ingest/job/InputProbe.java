package org.distbelief.ingest.job;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.ingest.IngestException;
import org.distbelief.ingest.IngestOptions;
import org.distbelief.ingest.raw.BadInputException;
import org.distbelief.ingest.raw.RawEntries;
import org.distbelief.ingest.raw.RawFile;
import org.distbelief.ingest.raw.RawFormat;
import org.distbelief.ingest.raw.RawFormats;
import org.distbelief.ingest.raw.Recording;

/**
 * Finds out what the user left open: the kind of data from the first known file, the sample rate from the first
 * recording.
 */
final class InputProbe {
    /** Taken when none of the first recordings can be read; the job will then report why. */
    private static final int FALLBACK_RATE = 16_000;

    private static final int MAX_TRIES = 100;

    private final RawFormats formats;
    private final int maxRawBytes;

    InputProbe(RawFormats formats, int maxRawBytes) {
        this.formats = formats;
        this.maxRawBytes = maxRawBytes;
    }

    /** The kind asked for, or else that of the first known file. */
    DatasetKind kind(IngestOptions options, List<InputSource> sources) throws IngestException, IOException {
        if (options.kind() != null) {
            return options.kind();
        }
        for (InputSource source : sources) {
            Set<DatasetKind> kinds = EnumSet.noneOf(DatasetKind.class);
            if (source instanceof FolderSource folder) {
                folder.files().forEach(f -> formats.ofPath(f.name()).ifPresent(format -> kinds.add(format.kind())));
            } else {
                firstKind(source).ifPresent(kinds::add);
            }
            if (kinds.size() > 1) {
                throw new IngestException("input " + source.path() + " holds both recordings and images: say which of"
                        + " them to ingest (kind speech or images)");
            }
            if (!kinds.isEmpty()) {
                return kinds.iterator().next();
            }
        }
        throw new IngestException(empty(
                sources, formats.extensions(DatasetKind.SPEECH) + " or " + formats.extensions(DatasetKind.IMAGES)));
    }

    /** The rate asked for, or else that of the first readable recording. */
    int sampleRate(IngestOptions options, List<InputSource> sources) throws IOException {
        if (options.speech().sampleRate() != 0) {
            return options.speech().sampleRate();
        }
        int tries = 0;
        for (InputSource source : sources) {
            try (RawEntries entries = source.entries().open()) {
                RawEntries.Entry entry = entries.next();
                for (; entry != null && tries < MAX_TRIES; entry = entries.next()) {
                    if (isRecording(entry)) {
                        tries++;
                        OptionalInt rate = rate(entry);
                        if (rate.isPresent()) {
                            return rate.getAsInt();
                        }
                    }
                }
            }
        }
        return FALLBACK_RATE;
    }

    /** Says that nothing was found to ingest. */
    static String empty(List<InputSource> sources, String expected) {
        return "empty input: expected files ending in one of " + expected + ", found none in "
                + sources.stream().map(s -> s.path().toString()).toList();
    }

    /** None if the file is bad; the job will count and list it. */
    private OptionalInt rate(RawEntries.Entry entry) throws IOException {
        try {
            RawFile file = new RawFile(entry.name(), entry.read());
            return formats.decode(file, DatasetKind.SPEECH) instanceof Recording recording
                    ? OptionalInt.of(recording.sampleRate())
                    : OptionalInt.empty();
        } catch (BadInputException e) {
            return OptionalInt.empty();
        }
    }

    private boolean isRecording(RawEntries.Entry entry) {
        Optional<RawFormat> format = formats.ofPath(entry.name());
        return entry.plainFile()
                && entry.length() <= maxRawBytes
                && format.filter(f -> f.kind() == DatasetKind.SPEECH).isPresent();
    }

    private Optional<DatasetKind> firstKind(InputSource source) throws IOException {
        try (RawEntries entries = source.entries().open()) {
            for (RawEntries.Entry entry = entries.next(); entry != null; entry = entries.next()) {
                Optional<RawFormat> format = entry.plainFile() ? formats.ofPath(entry.name()) : Optional.empty();
                if (format.isPresent()) {
                    return format.map(RawFormat::kind);
                }
            }
        }
        return Optional.empty();
    }
}
