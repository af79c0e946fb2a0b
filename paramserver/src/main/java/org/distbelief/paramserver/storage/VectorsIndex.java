package org.distbelief.paramserver.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;

/**
 * The contents of {@value #FILE}, which makes a directory of saved files one committed whole.
 *
 * @param schemaVersion version of this format, {@value #SCHEMA}
 * @param parameters length of every vector
 * @param files what each shard has written
 */
public record VectorsIndex(int schemaVersion, long parameters, List<SavedFile> files) {
    /** Name of the file. Written last: a directory without it is not complete. */
    public static final String FILE = "vectors.json";

    /** The version of the format that this program writes and reads. */
    public static final int SCHEMA = 1;

    public VectorsIndex {
        files = List.copyOf(files);
    }

    /**
     * The index of files that together hold every vector whole.
     *
     * @param parameters length of every vector
     * @throws IllegalArgumentException where a part of a vector is missing or there twice; says which
     */
    public static VectorsIndex of(long parameters, List<SavedFile> files) {
        VectorsIndex index = new VectorsIndex(SCHEMA, parameters, files);
        Set<VectorName> vectors = index.vectors();
        if (vectors.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected files that hold at least one vector, found " + files.size() + " files without any");
        }
        for (VectorName vector : vectors) {
            RangeSet all = RangeSet.of(0, parameters);
            RangeSet held = index.held(vector);
            if (!held.equals(all)) {
                throw new IllegalArgumentException("expected all of " + all + " of vector " + vector
                        + " in the files, missing is " + all.minus(held) + ", too much is " + held.minus(all));
            }
            long floats = index.slices(vector).mapToLong(s -> s.range().size()).sum();
            if (floats != parameters) {
                throw new IllegalArgumentException("expected every float of vector " + vector + " once, found " + floats
                        + " floats for " + parameters + " parameters");
            }
        }
        return index;
    }

    /** The vectors' names. */
    public Set<VectorName> vectors() {
        Set<VectorName> names = new TreeSet<>();
        files.forEach(f -> f.slices().forEach(s -> names.add(s.vector())));
        return names;
    }

    /** The greatest version of a shard: updates that it had applied. */
    public long version() {
        return files.stream().mapToLong(SavedFile::version).max().orElse(0);
    }

    /** The part of a vector that the files hold. */
    public RangeSet held(VectorName vector) {
        return RangeSet.of(slices(vector).map(Slice::range).toList());
    }

    private Stream<Slice> slices(VectorName vector) {
        return files.stream()
                .flatMap(f -> f.slices().stream())
                .filter(s -> s.vector().equals(vector));
    }

    /** The index as JSON. */
    public String toJson() {
        try {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an index must have a JSON form", e);
        }
    }

    /**
     * Reads {@link #toJson} back.
     *
     * @param source where the text comes from, for messages
     * @throws IllegalArgumentException where the text is no index, or one of another version
     */
    public static VectorsIndex fromJson(String source, String json) {
        VectorsIndex index;
        try {
            index = new ObjectMapper()
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .readValue(json, VectorsIndex.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(source + ": expected an index of vectors, found: " + e.getMessage(), e);
        }
        if (index.schemaVersion() != SCHEMA) {
            throw new IllegalArgumentException(source + ": expected schemaVersion " + SCHEMA + ", found "
                    + index.schemaVersion() + "; it was written by another version of this program");
        }
        return index;
    }
}
