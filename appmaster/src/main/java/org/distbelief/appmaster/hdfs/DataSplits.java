package org.distbelief.appmaster.hdfs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.appmaster.ledger.LeasablePortion;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.hdfs.DatasetReader;

/** The portions of a data set as the ledger wants them, with the nodes that hold them. */
public final class DataSplits {
    private static final int MOST_HOSTS = 5;

    private final DatasetReader reader;

    /** Opens a data set at a path. */
    public DataSplits(Configuration conf, String path) throws IOException {
        this.reader = DatasetReader.open(conf, path);
    }

    /** The portions of one split, by id. */
    public List<LeasablePortion> portions(String split) throws IOException {
        List<LeasablePortion> portions = new ArrayList<>();
        for (Portion portion : reader.manifest().split(split).portions()) {
            portions.add(new LeasablePortion(portion.id(), portion.examples(), reader.hosts(portion)));
        }
        return portions;
    }

    /** Whether the data set has such a split with portions in it. */
    public boolean has(String split) {
        return reader.manifest().splits().containsKey(split)
                && !reader.manifest().split(split).portions().isEmpty();
    }

    /** The nodes that hold most of the portions, best first. */
    public static List<String> bestHosts(List<LeasablePortion> portions) {
        Map<String, Integer> counts = new HashMap<>();
        portions.forEach(p -> p.hosts().forEach(host -> counts.merge(host, 1, Integer::sum)));
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_HOSTS)
                .map(Map.Entry::getKey)
                .toList();
    }
}
