package org.distbelief.paramserver.client;

import java.util.Optional;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.shard.PushHeader;

/** What is said of a push besides whose it is: see {@link PushHeader}. */
record PushTerms(long versionAtFetch, boolean last, boolean counts, long clock, Optional<VectorName> into) {
    /** The same for a push after which others follow. */
    PushTerms notLast() {
        return new PushTerms(versionAtFetch, false, counts, clock, into);
    }

    PushHeader header(long generation, PushId id, RangeSet ranges, Encoding encoding) {
        return new PushHeader(generation, id, ranges, versionAtFetch, last, counts, clock, encoding, into);
    }
}
