package org.distbelief.container.data;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.distbelief.dataset.DatasetFormatException;
import org.distbelief.dataset.ExampleGroup;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.PortionRecords;
import org.distbelief.dataset.PortionSource;
import org.jspecify.annotations.Nullable;

/** The records of one portion, decoded one after the other, and counted against the manifest. For one thread. */
final class DecodedPortion implements Closeable {
    private final PortionRecords records;
    private final BlockDecoder decoder;
    private final Portion portion;
    private long examples;
    private int read;

    private DecodedPortion(PortionRecords records, BlockDecoder decoder, Portion portion) {
        this.records = records;
        this.decoder = decoder;
        this.portion = portion;
    }

    static DecodedPortion open(PortionSource source, BlockDecoder decoder, Portion portion) throws IOException {
        return new DecodedPortion(source.open(portion), decoder, portion);
    }

    /**
     * The examples of the next record, or null after the last one.
     *
     * @throws DatasetFormatException if the portion holds more or fewer examples than the manifest says
     */
    @Nullable
    List<ExampleBlock> next() throws IOException {
        ExampleGroup group = records.next();
        if (group == null) {
            if (examples != portion.examples()) {
                throw miscounted("found " + examples);
            }
            return null;
        }
        examples += group.exampleCount();
        if (examples > portion.examples()) {
            throw miscounted("found at least " + examples);
        }
        return decoder.decode(group, "file " + portion.file() + ", portion " + portion.id() + ", record " + read++);
    }

    private DatasetFormatException miscounted(String found) {
        return new DatasetFormatException("file " + portion.file() + ", portion " + portion.id() + ": expected "
                + portion.examples() + " examples as the manifest says, " + found
                + "; the file is not the one that the manifest was written for");
    }

    @Override
    public void close() throws IOException {
        records.close();
    }
}
