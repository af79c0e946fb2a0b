package org.distbelief.ingest;

import java.util.List;
import org.distbelief.dataset.DatasetKind;
import org.jspecify.annotations.Nullable;

/**
 * Everything an ingest is asked to do.
 *
 * @param inputs directories, single files, .tar, .tar.gz or .tgz, on the cluster's file system or local ({@code file:}
 *     or a path that exists only locally); at least one
 * @param output the data set's directory, which must not exist
 * @param name the data set's name; the output's last part if not given
 * @param kind speech or images; null finds out from the first known files
 * @param maxRawBytes a raw file larger than this is bad input
 * @param jobJar local path of the jar with the job's classes; null finds the jar of this class
 */
public record IngestOptions(
        List<String> inputs,
        String output,
        String name,
        @Nullable DatasetKind kind,
        SpeechOptions speech,
        LabelOptions labels,
        ImageOptions images,
        SplitPolicy splits,
        OutputOptions layout,
        long seed,
        BadLimit maxBad,
        int maxRawBytes,
        @Nullable String jobJar) {
    private static final int DEFAULT_MAX_RAW_BYTES = 48 << 20;

    /** Checks what can be checked without looking at the input. */
    public IngestOptions {
        inputs = List.copyOf(inputs);
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("input: expected one or more paths, found none");
        }
        if (output.isBlank() || name.isBlank()) {
            throw new IllegalArgumentException(
                    "output: expected a path and a name, found '" + output + "', '" + name + "'");
        }
        if (maxRawBytes < 1) {
            throw new IllegalArgumentException("largest raw file: expected at least 1 byte, found " + maxRawBytes);
        }
    }

    /** Options with all defaults, to be changed one by one. */
    public static Builder builder(List<String> inputs, String output) {
        return new Builder(inputs, output);
    }

    /** Collects options; every method returns the builder itself. */
    public static final class Builder {
        private final List<String> inputs;
        private final String output;
        private @Nullable String name;
        private @Nullable DatasetKind kind;
        private SpeechOptions speech = SpeechOptions.defaults();
        private LabelOptions labels = LabelOptions.defaults();
        private ImageOptions images = ImageOptions.defaults();
        private SplitPolicy splits = SplitPolicy.defaults();
        private OutputOptions layout = OutputOptions.defaults();
        private long seed = 1;
        private BadLimit maxBad = BadLimit.defaults();
        private int maxRawBytes = DEFAULT_MAX_RAW_BYTES;
        private @Nullable String jobJar;

        private Builder(List<String> inputs, String output) {
            this.inputs = inputs;
            this.output = output;
        }

        /** The data set's name. */
        public Builder name(@Nullable String value) {
            name = value;
            return this;
        }

        /** Speech or images; null to find out. */
        public Builder kind(@Nullable DatasetKind value) {
            kind = value;
            return this;
        }

        /** How features are made of recordings. */
        public Builder speech(SpeechOptions value) {
            speech = value;
            return this;
        }

        /** Where the labels of recordings come from. */
        public Builder labels(LabelOptions value) {
            labels = value;
            return this;
        }

        /** How images are stored. */
        public Builder images(ImageOptions value) {
            images = value;
            return this;
        }

        /** How examples are divided into splits. */
        public Builder splits(SplitPolicy value) {
            splits = value;
            return this;
        }

        /** How files are laid out. */
        public Builder layout(OutputOptions value) {
            layout = value;
            return this;
        }

        /** Seed of shuffle and splits. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** How much bad input is borne. */
        public Builder maxBad(BadLimit value) {
            maxBad = value;
            return this;
        }

        /** Largest raw file in bytes. */
        public Builder maxRawBytes(int value) {
            maxRawBytes = value;
            return this;
        }

        /** The jar with the job's classes. */
        public Builder jobJar(@Nullable String value) {
            jobJar = value;
            return this;
        }

        /** The options, checked. */
        public IngestOptions build() {
            String chosen = name != null ? name : lastPart(output);
            return new IngestOptions(
                    inputs,
                    output,
                    chosen,
                    kind,
                    speech,
                    labels,
                    images,
                    splits,
                    layout,
                    seed,
                    maxBad,
                    maxRawBytes,
                    jobJar);
        }

        private static String lastPart(String path) {
            String trimmed = path.replaceAll("/+$", "");
            return trimmed.substring(trimmed.lastIndexOf('/') + 1);
        }
    }
}
