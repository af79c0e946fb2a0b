package org.distbelief.ingest.job;

import org.apache.hadoop.mapreduce.Partitioner;

/** Gives each reducer an even range of hashes, in order, so that the reducers' outputs follow one another. */
final class ShufflePartitioner extends Partitioner<ShuffleKey, ShuffleValue> {
    @Override
    public int getPartition(ShuffleKey key, ShuffleValue value, int reducers) {
        return (int) (((key.hash() >>> 33) * reducers) >>> 31);
    }
}
