package org.distbelief.dataset;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The records of one portion, one after the other. Belongs to one thread. */
public interface PortionRecords extends Closeable {
    /**
     * The next record, or null after the portion's last. The record is the caller's to keep.
     *
     * @throws IOException if it cannot be read or is not what the manifest says, naming file, offset and record
     */
    @Nullable
    ExampleGroup next() throws IOException;
}
