package org.distbelief.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The manifest as JSON, indented for people. */
public final class ManifestJson {
    private final JsonMapper mapper = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /** Ends with a line feed. The same manifest always gives the same text. */
    public String write(DatasetManifest manifest) {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
        try {
            return mapper.writer(printer).writeValueAsString(manifest) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a manifest of numbers and text can always be written", e);
        }
    }

    /**
     * Reads a manifest.
     *
     * @param json the text
     * @param where the file's name, for messages
     * @throws DatasetFormatException if this is no manifest, or one of another version
     */
    public DatasetManifest read(String json, String where) throws DatasetFormatException {
        try {
            JsonNode root = mapper.readTree(json);
            JsonNode version = root.path("schemaVersion");
            if (!version.isInt()) {
                throw new DatasetFormatException(where + ": expected a data set manifest with a schemaVersion, found "
                        + (root.isObject() ? "none" : "no JSON object"));
            }
            if (version.intValue() != DatasetManifest.SCHEMA_VERSION) {
                throw new DatasetFormatException(where + ": expected schemaVersion " + DatasetManifest.SCHEMA_VERSION
                        + ", found " + version.intValue()
                        + "; ingest the data again with this version, or use the version that wrote it");
            }
            return mapper.treeToValue(root, DatasetManifest.class);
        } catch (JsonProcessingException e) {
            throw new DatasetFormatException(where + ": not a valid manifest: " + e.getOriginalMessage(), e);
        }
    }
}
