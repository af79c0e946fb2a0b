package org.distbelief.paramserver.shard;

import java.util.SortedMap;
import org.distbelief.paramserver.VectorName;
import org.jspecify.annotations.Nullable;

/**
 * Which memory has which name. A program gives names to other memory chunk by chunk, as it goes through them, so that
 * whoever touches a chunk under its lock comes either before or after the program there. Immutable.
 *
 * @param before for the chunks that the program has still to come to
 * @param after for those that it has done
 * @param done how many chunks it has done
 */
record Naming(SortedMap<VectorName, OffHeapVector> before, SortedMap<VectorName, OffHeapVector> after, int done) {
    /** The names while no program runs. */
    static Naming of(SortedMap<VectorName, OffHeapVector> names) {
        return new Naming(names, names, 0);
    }

    @Nullable
    OffHeapVector find(VectorName name, int chunk) {
        return (chunk < done ? after : before).get(name);
    }

    Naming done(int chunks) {
        return new Naming(before, after, chunks);
    }
}
