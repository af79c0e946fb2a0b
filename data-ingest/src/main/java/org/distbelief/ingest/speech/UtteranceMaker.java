package org.distbelief.ingest.speech;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.distbelief.dataset.SpeechSettings;
import org.distbelief.dataset.avro.Utterance;
import org.distbelief.ingest.LabelOptions;
import org.distbelief.ingest.raw.BadInputException;
import org.distbelief.ingest.raw.BadReason;
import org.distbelief.ingest.raw.RawFile;
import org.distbelief.ingest.raw.Recording;
import org.jspecify.annotations.Nullable;

/** Makes the record of an utterance from a recording and its labels. Keeps scratch memory: one instance per thread. */
public final class UtteranceMaker {
    private static final int MAX_LABEL_LENGTH = 256;

    private final SpeechSettings settings;
    private final LabelOptions options;
    private final @Nullable Pattern pattern;
    private final LabelFileParser labelFiles;
    private final LogMelFeatures features;
    private final Map<Integer, Resampler> resamplers = new HashMap<>();

    /** With fixed settings. */
    public UtteranceMaker(SpeechSettings settings, LabelOptions options) {
        this.settings = settings;
        this.options = options;
        this.pattern = options.pattern() == null ? null : Pattern.compile(options.pattern());
        this.labelFiles = new LabelFileParser(options.units());
        this.features = new LogMelFeatures(settings);
    }

    /**
     * The record.
     *
     * @param path of the recording, relative to the input; becomes the utterance's id
     * @param labels the label file beside it, or null if there is none; not used where a label pattern is set
     * @throws BadInputException if no frame gets a label
     */
    public Utterance make(String path, Recording recording, @Nullable RawFile labels) throws BadInputException {
        String fileName = path.substring(path.lastIndexOf('/') + 1);
        @Nullable String wholeLabel = pattern == null ? null : labelOf(fileName, pattern);
        List<Segment> segments = wholeLabel == null ? segments(labels, recording.sampleRate()) : List.of();
        float[] samples = atRate(recording);
        float[] energies = features.compute(samples);
        int frames = features.frameCount(samples.length);
        FrameLabels frameLabels = wholeLabel != null
                ? FrameLabels.whole(wholeLabel, frames, options.statesPerLabel())
                : FrameLabels.aligned(segments, frames, options.statesPerLabel(), settings);
        if (frameLabels.names().isEmpty()) {
            throw new BadInputException(
                    BadReason.UNLABELLED, "none of the " + frames + " frames lies in a labelled segment");
        }
        ByteBuffer featureBytes = ByteBuffer.allocate(4 * energies.length).order(ByteOrder.LITTLE_ENDIAN);
        featureBytes.asFloatBuffer().put(energies);
        ByteBuffer labelBytes = ByteBuffer.allocate(4 * frames).order(ByteOrder.LITTLE_ENDIAN);
        for (int label : frameLabels.perFrame()) {
            labelBytes.putInt(label);
        }
        return new Utterance(path, frames, settings.bands(), featureBytes, frameLabels.names(), labelBytes.flip());
    }

    private float[] atRate(Recording recording) {
        if (recording.sampleRate() == settings.sampleRate()) {
            return recording.samples();
        }
        return resamplers
                .computeIfAbsent(recording.sampleRate(), rate -> new Resampler(rate, settings.sampleRate()))
                .resample(recording.samples());
    }

    private List<Segment> segments(@Nullable RawFile labels, int sampleRate) throws BadInputException {
        if (labels == null) {
            throw new BadInputException(
                    BadReason.UNLABELLED,
                    "expected a label file beside the recording, with the same name and one of the extensions "
                            + options.extensions() + ", found none");
        }
        List<Segment> segments = labelFiles.parse(labels, sampleRate);
        for (Segment segment : segments) {
            requireUsable(segment.label());
        }
        return segments;
    }

    private static String labelOf(String fileName, Pattern pattern) throws BadInputException {
        Matcher matcher = pattern.matcher(fileName);
        String label = matcher.find() ? matcher.group(LabelOptions.GROUP) : null;
        if (label == null || label.isBlank()) {
            throw new BadInputException(
                    BadReason.UNLABELLED,
                    "expected a file name that matches '" + pattern + "', found '" + fileName + "'");
        }
        requireUsable(label);
        return label;
    }

    private static void requireUsable(String label) throws BadInputException {
        if (label.length() > MAX_LABEL_LENGTH) {
            throw new BadInputException(
                    BadReason.BAD_LABELS,
                    "expected labels of at most " + MAX_LABEL_LENGTH + " characters, found " + label.length());
        }
    }
}
