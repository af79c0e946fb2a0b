package org.distbelief.container.data;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.dataset.Portion;
import org.jspecify.annotations.Nullable;

/** What is in memory of a portion's examples. Its {@link PortionCache} guards it. */
final class LoadedPortion {
    private final Portion portion;
    private final List<@Nullable ExampleBlock> blocks = new ArrayList<>();
    private long read;
    private long readBytes;
    private long bytes;
    private int released;
    private long needed;
    private boolean passing;
    private boolean complete;
    private @Nullable Throwable failure;

    LoadedPortion(Portion portion) {
        this.portion = portion;
    }

    Portion portion() {
        return portion;
    }

    /** Bytes that are held now. */
    long bytes() {
        return bytes;
    }

    /** Labelled examples that have been read so far. */
    long read() {
        return read;
    }

    /** Bytes that all of it will take, as far as can be told when some more have been read. */
    double estimate(long more, long moreExamples) {
        return (readBytes + more) * (double) portion.examples() / Math.max(1, read + moreExamples);
    }

    void add(List<ExampleBlock> more, long moreBytes, long moreExamples) {
        blocks.addAll(more);
        read += moreExamples;
        readBytes += moreBytes;
        bytes += moreBytes;
    }

    /** So many examples must be there for the user to go on. */
    void needed(long examples) {
        needed = examples;
    }

    /** Whether somebody waits for more of it, or nothing of it is held. */
    boolean isNeeded() {
        return read < needed || bytes == 0;
    }

    /** There is no room to keep it: what has been used is given up. */
    void pass() {
        passing = true;
    }

    /** Whether it is not kept. */
    boolean passing() {
        return passing;
    }

    /** Gives up the blocks before an index, where it is not kept; says whether there were any. */
    boolean releaseBefore(int block) {
        int before = released;
        while (passing && released < block) {
            ExampleBlock gone = blocks.set(released++, null);
            bytes -= gone == null ? 0 : gone.bytes();
        }
        return released > before;
    }

    /** Whether it can be read from its beginning. */
    boolean whole() {
        return released == 0;
    }

    ExampleBlock block(int index) {
        ExampleBlock block = blocks.get(index);
        if (block == null) {
            throw new IllegalStateException(
                    "expected block " + index + " of portion " + portion.id() + ", found that it was given up");
        }
        return block;
    }

    void completed() {
        complete = true;
    }

    /** Whether its last example has been read. */
    boolean complete() {
        return complete;
    }

    void failed(Throwable cause) {
        failure = cause;
    }

    /** Why it can't be read; null where nothing has happened. */
    @Nullable
    Throwable failure() {
        return failure;
    }
}
