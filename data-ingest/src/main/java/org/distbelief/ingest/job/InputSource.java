package org.distbelief.ingest.job;

import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.distbelief.ingest.raw.RawEntries;

/** One of the user's inputs, found. */
sealed interface InputSource permits FolderSource, ArchiveSource {
    /** Where it lies. */
    FileSystem fileSystem();

    /** Where it lies, with scheme. */
    Path path();

    /** Whether only this machine sees it, so that it has to be brought to the cluster. */
    boolean local();

    /** Put before the paths of its files: empty where there is one input only, else ending in a slash. */
    String prefix();

    /** Length in bytes, compressed where it is. */
    long bytes();

    /** Its files, in an order that never changes. */
    RawEntries.Source entries();

    /** How much of it has been read by the entries opened last, 0 to 1. */
    double fractionRead();
}
