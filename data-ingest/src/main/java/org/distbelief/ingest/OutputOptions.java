package org.distbelief.ingest;

import org.distbelief.dataset.DatasetKind;

/**
 * How the data set's files are laid out.
 *
 * @param reducers number of reducers; 0 chooses by the size of the input
 * @param filesPerSplit files that each split is spread over when there are enough portions, by all reducers together
 *     (at least one per reducer)
 * @param maxFileBytes a file that has grown to this size is closed and followed by another
 * @param portionExamples examples after which a portion is complete; 0 means 2000 frames or 1000 images
 * @param codec compression of the files' blocks
 */
public record OutputOptions(int reducers, int filesPerSplit, long maxFileBytes, long portionExamples, Codec codec) {
    /** Checks the ranges. */
    public OutputOptions {
        if (reducers < 0 || reducers > 10_000) {
            throw new IllegalArgumentException("reducers: expected 0 (choose) to 10000, found " + reducers);
        }
        if (filesPerSplit < 1 || filesPerSplit > 10_000) {
            throw new IllegalArgumentException("files per split: expected 1 to 10000, found " + filesPerSplit);
        }
        if (maxFileBytes < 1) {
            throw new IllegalArgumentException("largest file: expected at least 1 byte, found " + maxFileBytes);
        }
        if (portionExamples < 0) {
            throw new IllegalArgumentException(
                    "examples per portion: expected 0 (choose) or more, found " + portionExamples);
        }
    }

    /** Four files per split of at most 1 GiB, snappy, all numbers chosen by the input. */
    public static OutputOptions defaults() {
        return new OutputOptions(0, 4, 1L << 30, 0, Codec.SNAPPY);
    }

    /** Examples after which a portion of such data is complete. */
    public long portionExamplesFor(DatasetKind kind) {
        if (portionExamples > 0) {
            return portionExamples;
        }
        return kind == DatasetKind.SPEECH ? 2000 : 1000;
    }

    /** The same with another number of reducers. */
    public OutputOptions withReducers(int count) {
        return new OutputOptions(count, filesPerSplit, maxFileBytes, portionExamples, codec);
    }

    /** The same with portions of another size. */
    public OutputOptions withPortionExamples(long examples) {
        return new OutputOptions(reducers, filesPerSplit, maxFileBytes, examples, codec);
    }

    /** The same with another number of files. */
    public OutputOptions withFilesPerSplit(int files) {
        return new OutputOptions(reducers, files, maxFileBytes, portionExamples, codec);
    }

    /** The same with files of another size. */
    public OutputOptions withMaxFileBytes(long bytes) {
        return new OutputOptions(reducers, filesPerSplit, bytes, portionExamples, codec);
    }

    /** The same with another codec. */
    public OutputOptions withCodec(Codec newCodec) {
        return new OutputOptions(reducers, filesPerSplit, maxFileBytes, portionExamples, newCodec);
    }
}
