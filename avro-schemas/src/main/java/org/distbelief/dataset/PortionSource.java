package org.distbelief.dataset;

import java.io.IOException;
import java.util.List;

/**
 * Where portions are read from: the seam between those who train and the file system. Safe for use by several threads.
 */
public interface PortionSource {
    /** The manifest, read once. */
    DatasetManifest manifest();

    /**
     * Opens a portion.
     *
     * @return its records in stored order; the caller closes it
     * @throws IOException if the file cannot be opened, naming it
     */
    PortionRecords open(Portion portion) throws IOException;

    /** Hosts that store the portion, those with most of its bytes first; empty where the file system does not know. */
    List<String> hosts(Portion portion) throws IOException;
}
