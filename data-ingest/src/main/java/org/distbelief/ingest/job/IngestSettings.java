package org.distbelief.ingest.job;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.dataset.FeatureSettings;
import org.distbelief.ingest.Codec;
import org.distbelief.ingest.LabelOptions;
import org.distbelief.ingest.SplitPolicy;
import org.distbelief.ingest.raw.FileRoles;
import org.distbelief.ingest.raw.RawFormats;

/**
 * What mappers and reducers need to know, with nothing left open. Travels in the job's configuration.
 *
 * @param features how features are made, and thereby the kind of data
 * @param filesPerReducer files of each split that a reducer fills in turn
 */
record IngestSettings(
        FeatureSettings features,
        LabelOptions labels,
        SplitPolicy splits,
        long seed,
        int imagesPerRecord,
        long portionExamples,
        long maxFileBytes,
        int filesPerReducer,
        Codec codec,
        int maxRawBytes) {
    private static final String KEY = "distbelief.ingest.settings";

    static IngestSettings read(Configuration configuration) throws IOException {
        String json = configuration.get(KEY);
        if (json == null) {
            throw new IOException("expected the job's settings under " + KEY + ", found none");
        }
        return new JsonForm<>(IngestSettings.class).read(json, KEY);
    }

    void write(Configuration configuration) {
        configuration.set(KEY, new JsonForm<>(IngestSettings.class).write(this));
    }

    DatasetKind kind() {
        return features.kind();
    }

    FileRoles roles() {
        return roles(kind(), labels);
    }

    static FileRoles roles(DatasetKind kind, LabelOptions labels) {
        boolean labelFiles = kind == DatasetKind.SPEECH && labels.pattern() == null;
        return new FileRoles(RawFormats.load(), kind, labelFiles ? labels.extensions() : List.of());
    }

    /** Folders of which the outermost in a path names its split, and so no class. */
    List<String> splitFolders() {
        return splits.fractions().isEmpty() ? splits.names() : List.of();
    }
}
