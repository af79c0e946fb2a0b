package org.distbelief.paramserver.shard;

import java.io.IOException;
import java.util.List;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.storage.SavedFile;

/** Writes a shard's vectors where they outlive it. */
@FunctionalInterface
public interface ShardSaver {
    /**
     * Writes vectors of the shard into its file in a directory, chunk by chunk while the shard goes on serving.
     *
     * @param directory a directory of the cluster's file system; made if need be
     * @throws IOException where it cannot be written; a file of the same name that was there is gone then
     */
    SavedFile save(ParameterShard shard, String directory, List<VectorName> vectors) throws IOException;
}
