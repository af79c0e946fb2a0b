package org.distbelief.paramserver.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.thrift.protocol.TProtocolException;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.load.ShardLoad;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.shard.CopyStatus;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.ShardCounters;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardStatus;
import org.distbelief.paramserver.shard.Staleness;
import org.distbelief.paramserver.storage.AppliedPushes;
import org.distbelief.paramserver.wire.gen.AppliedCount;
import org.distbelief.paramserver.wire.gen.Copy;
import org.distbelief.paramserver.wire.gen.Counters;
import org.distbelief.paramserver.wire.gen.PushReply;
import org.distbelief.paramserver.wire.gen.PushRequest;
import org.distbelief.paramserver.wire.gen.RefusalKind;
import org.distbelief.paramserver.wire.gen.ShardRefused;
import org.distbelief.paramserver.wire.gen.StalenessCounts;
import org.distbelief.paramserver.wire.gen.StatusReply;
import org.distbelief.paramserver.wire.gen.TurnRequest;
import org.jspecify.annotations.Nullable;

/** The shard's own types to and from those of the wire. */
final class Translation {
    private Translation() {}

    static List<Long> ranges(RangeSet ranges) {
        List<Long> flat = new ArrayList<>(2 * ranges.ranges().size());
        for (Range range : ranges) {
            flat.add(range.start());
            flat.add(range.end());
        }
        return flat;
    }

    static RangeSet ranges(List<Long> flat) throws TProtocolException {
        if (flat.size() % 2 != 0) {
            throw invalid("expected pairs of start and end, found " + flat.size() + " numbers");
        }
        List<Range> ranges = new ArrayList<>(flat.size() / 2);
        long last = -1;
        for (int i = 0; i < flat.size(); i += 2) {
            long start = flat.get(i);
            long end = flat.get(i + 1);
            if (start < 0 || start < last || end <= start) {
                throw invalid("expected ascending, disjoint ranges, found [" + start + ", " + end + ") after " + last);
            }
            ranges.add(new Range(start, end));
            last = end;
        }
        return RangeSet.of(ranges);
    }

    static PushRequest push(PushHeader header) {
        PushRequest request = new PushRequest(
                header.generation(),
                header.id().replica(),
                header.id().partition(),
                header.id().incarnation(),
                header.id().sequence(),
                ranges(header.ranges()),
                header.versionAtFetch());
        header.into().ifPresent(into -> request.setInto(into.value()));
        return request.setLast(header.last())
                .setCounts(header.counts())
                .setClock(header.clock())
                .setEncoding(encoding(header.encoding()));
    }

    static PushHeader push(PushRequest request) throws TProtocolException {
        PushId id;
        try {
            id = new PushId(
                    request.getReplica(), request.getPartition(), request.getIncarnation(), request.getSequence());
        } catch (IllegalArgumentException e) {
            throw invalid(e.getMessage() + "");
        }
        return new PushHeader(
                request.getGeneration(),
                id,
                ranges(request.getRanges()),
                request.getVersionAtFetch(),
                request.isLast(),
                request.isCounts(),
                request.getClock(),
                encoding(request.getEncoding()),
                request.isSetInto() ? Optional.of(name(request.getInto())) : Optional.empty());
    }

    static VectorName name(String vector) throws TProtocolException {
        try {
            return new VectorName(vector);
        } catch (IllegalArgumentException e) {
            throw invalid(e.getMessage() + "");
        }
    }

    static org.distbelief.paramserver.wire.gen.Encoding encoding(Encoding encoding) {
        return org.distbelief.paramserver.wire.gen.Encoding.valueOf(encoding.name());
    }

    /** @param encoding null where it is one of a later version */
    static Encoding encoding(org.distbelief.paramserver.wire.gen.@Nullable Encoding encoding)
            throws TProtocolException {
        if (encoding == null) {
            throw invalid("expected an encoding that is known here");
        }
        return Encoding.valueOf(encoding.name());
    }

    static Turn turn(TurnRequest request) throws TProtocolException {
        try {
            return new Turn(request.getReplica(), request.getIncarnation(), request.getClock());
        } catch (IllegalArgumentException e) {
            throw invalid(e.getMessage() + "");
        }
    }

    static PushReply receipt(PushReceipt receipt) {
        return new PushReply(receipt.version(), receipt.staleness(), receipt.duplicate()).setDropped(receipt.dropped());
    }

    static PushReceipt receipt(PushReply reply) {
        return new PushReceipt(reply.getVersion(), reply.getStaleness(), reply.isDuplicate(), reply.isDropped());
    }

    static ShardRefused refused(ShardException e) {
        return new ShardRefused(RefusalKind.valueOf(e.kind().name()), e.getMessage() + "");
    }

    static ShardException refused(ShardRefused refused) {
        return new ShardException(
                ShardException.Kind.valueOf(refused.getKind().name()), refused.getMessage() + "", refused);
    }

    static StatusReply status(ShardStatus status) {
        ShardCounters counters = status.counters();
        Staleness staleness = status.staleness();
        StatusReply reply = new StatusReply(
                status.shard(),
                status.generation(),
                status.parameters(),
                status.memoryBytes(),
                status.version(),
                new Counters(
                        counters.bytesIn(),
                        counters.bytesOut(),
                        counters.fetches(),
                        counters.pushes(),
                        counters.duplicates(),
                        counters.refused(),
                        counters.notFinite(),
                        counters.dropped()),
                new StalenessCounts(staleness.count(), staleness.sum(), staleness.max(), staleness.histogram()),
                status.pushes().stream().map(Translation::applied).toList());
        CopyStatus copy = status.copy();
        return reply.setLoad(LoadTranslation.load(status.load()))
                .setCopy(new Copy(copy.serving(), copy.other(), copy.filled(), copy.inSync()));
    }

    static ShardStatus status(StatusReply reply) throws TProtocolException {
        Counters counters = reply.getCounters();
        StalenessCounts staleness = reply.getStaleness();
        return new ShardStatus(
                reply.getShard(),
                reply.getGeneration(),
                reply.getParameters(),
                reply.getMemoryBytes(),
                reply.getVersion(),
                new ShardCounters(
                        counters.getBytesIn(),
                        counters.getBytesOut(),
                        counters.getFetches(),
                        counters.getPushes(),
                        counters.getDuplicates(),
                        counters.getRefused(),
                        counters.getNotFinite(),
                        counters.getDropped()),
                new Staleness(staleness.getCount(), staleness.getSum(), staleness.getMax(), staleness.getHistogram()),
                reply.getPushes().stream().map(Translation::applied).toList(),
                reply.isSetCopy() ? copy(reply.getCopy()) : CopyStatus.ALONE,
                reply.isSetLoad() ? LoadTranslation.load(reply.getLoad()) : ShardLoad.UNKNOWN);
    }

    static AppliedCount applied(AppliedPushes p) {
        return new AppliedCount(p.replica(), p.partition(), p.incarnation(), p.sequence(), p.applied());
    }

    static AppliedPushes applied(AppliedCount p) {
        return new AppliedPushes(p.getReplica(), p.getPartition(), p.getIncarnation(), p.getSequence(), p.getApplied());
    }

    private static CopyStatus copy(Copy copy) throws TProtocolException {
        try {
            return new CopyStatus(copy.isServing(), copy.getOther(), copy.getFilled(), copy.isInSync());
        } catch (IllegalArgumentException e) {
            throw invalid(e.getMessage() + "");
        }
    }

    static TProtocolException invalid(String message) {
        return new TProtocolException(TProtocolException.INVALID_DATA, message);
    }
}
