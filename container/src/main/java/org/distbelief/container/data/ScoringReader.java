package org.distbelief.container.data;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.PortionSource;

/** Reads one held-out portion in its stored order, for scoring. For one thread; reads as it is asked. */
public final class ScoringReader implements Closeable {
    private final BlockDecoder decoder;
    private final DecodedPortion portion;
    private final Deque<ExampleBlock> blocks = new ArrayDeque<>();
    private final List<GroupPiece> pieces = new ArrayList<>();
    private int nextExample;
    private boolean ended;

    private ScoringReader(BlockDecoder decoder, DecodedPortion portion) {
        this.decoder = decoder;
        this.portion = portion;
    }

    /**
     * Opens a portion.
     *
     * @param source where portions are read from; stays the caller's
     * @param decoder makes examples for the model
     * @throws IOException where the file cannot be opened, naming it
     */
    public static ScoringReader open(PortionSource source, Portion portion, BlockDecoder decoder) throws IOException {
        return new ScoringReader(decoder, DecodedPortion.open(source, decoder, portion));
    }

    /**
     * Fills a mini-batch with the next examples, up to its capacity. An utterance may go on in the next mini-batch.
     *
     * @return number of examples; 0 at the end of the portion
     * @throws IOException where the portion cannot be read, naming it; it is a
     *     {@link org.distbelief.dataset.DatasetFormatException} where the data are at fault
     */
    public int next(MiniBatch batch) throws IOException {
        if (batch.inputUnits() != decoder.inputUnits()) {
            throw new IllegalArgumentException(
                    "expected mini-batches of " + decoder.inputUnits() + " inputs, found " + batch.inputUnits());
        }
        pieces.clear();
        int count = readAtLeast(batch.capacity());
        batch.fill(count, this::copy);
        if (!blocks.isEmpty() && nextExample > 0) {
            mark(count, false);
        }
        return count;
    }

    /**
     * Where the utterances of the last mini-batch begin and end, in the order of its examples; empty for images. A
     * view: the next mini-batch changes it.
     */
    public List<GroupPiece> pieces() {
        return Collections.unmodifiableList(pieces);
    }

    /** Reads on until so many examples wait; returns how many of them there are. */
    private int readAtLeast(int examples) throws IOException {
        long waiting = -nextExample;
        for (ExampleBlock block : blocks) {
            waiting += block.size();
        }
        while (waiting < examples && !ended) {
            List<ExampleBlock> more = portion.next();
            ended = more == null;
            for (ExampleBlock block : Objects.requireNonNullElse(more, List.<ExampleBlock>of())) {
                blocks.add(block);
                waiting += block.size();
            }
        }
        return (int) Math.min(examples, waiting);
    }

    private int copy(int row, float[] into) {
        ExampleBlock block = blocks.element();
        int example = nextExample++;
        block.copy(example, into);
        if (nextExample == block.size()) {
            mark(row + 1, true);
            blocks.remove();
            nextExample = 0;
        }
        return block.label(example);
    }

    /** Notes that the first of the waiting blocks fills the rows up to here. */
    private void mark(int to, boolean last) {
        if (blocks.element() instanceof SpeechBlock utterance) {
            int from = pieces.isEmpty() ? 0 : pieces.get(pieces.size() - 1).to();
            pieces.add(new GroupPiece(from, to, last, label(utterance)));
        }
    }

    private int label(SpeechBlock utterance) {
        int states = decoder.statesPerLabel();
        int label = utterance.label(0) / states;
        for (int i = 1; i < utterance.size(); i++) {
            if (utterance.label(i) / states != label) {
                return GroupPiece.SEVERAL;
            }
        }
        return label;
    }

    @Override
    public void close() throws IOException {
        portion.close();
    }
}
