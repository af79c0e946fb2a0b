package org.distbelief.paramserver.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.thrift.protocol.TProtocolException;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.pace.RoundState;
import org.distbelief.paramserver.rule.UpdateContext;
import org.distbelief.paramserver.shard.Change;
import org.distbelief.paramserver.shard.LoggedPushes;
import org.distbelief.paramserver.shard.ProgramAnswer;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.StandbyShard;
import org.distbelief.paramserver.shard.Standing;
import org.distbelief.paramserver.standby.Leading;
import org.distbelief.paramserver.wire.gen.ChangeKind;
import org.distbelief.paramserver.wire.gen.ChangeRequest;
import org.distbelief.paramserver.wire.gen.FollowRequest;
import org.distbelief.paramserver.wire.gen.Link;
import org.distbelief.paramserver.wire.gen.PushRequest;
import org.distbelief.paramserver.wire.gen.RoundUnit;
import org.distbelief.paramserver.wire.gen.RuleContext;
import org.distbelief.paramserver.wire.gen.TurnRequest;
import org.jspecify.annotations.Nullable;

/** What a standby is told, to and from the types of the wire. */
final class ChangeTranslation {
    private ChangeTranslation() {}

    static Link link(StandbyShard.Link link) {
        return new Link(link.primary(), link.number());
    }

    static StandbyShard.Link link(Link link) {
        return new StandbyShard.Link(link.getPrimary(), link.getNumber());
    }

    static FollowRequest follow(long standby, Leading.Beginning beginning) {
        Standing standing = beginning.standing();
        return new FollowRequest(
                standby,
                link(beginning.link()),
                standing.version(),
                standing.pushes().stream()
                        .map(p -> new org.distbelief.paramserver.wire.gen.LoggedPushes(
                                Translation.applied(p.last()), p.mayJump(), p.late(), p.dropped()))
                        .toList(),
                standing.rounds().round(),
                standing.rounds().units().stream()
                        .map(u -> new RoundUnit(
                                Translation.ranges(u.ranges()), List.copyOf(u.givers()), u.gradients(), u.closed()))
                        .toList(),
                standing.rounds().participants().stream()
                        .map(ChangeTranslation::participant)
                        .toList(),
                standing.vectors().stream().map(VectorName::value).toList(),
                standing.answer().term(),
                standing.answer().sequence(),
                standing.answer().results());
    }

    static Standing standing(FollowRequest request) throws TProtocolException {
        List<RoundState.Unit> units = new ArrayList<>();
        for (RoundUnit unit : request.getUnits()) {
            units.add(new RoundState.Unit(
                    Translation.ranges(unit.getRanges()),
                    Set.copyOf(unit.getGivers()),
                    unit.getGradients(),
                    unit.isClosed()));
        }
        List<VectorName> vectors = new ArrayList<>();
        for (String vector : request.getVectors()) {
            vectors.add(Translation.name(vector));
        }
        return new Standing(
                request.getVersion(),
                request.getPushes().stream()
                        .map(p -> new LoggedPushes(
                                Translation.applied(p.getLast()), p.isMayJump(), p.isLate(), p.getDropped()))
                        .toList(),
                new RoundState(
                        request.getRound(),
                        units,
                        request.getParticipants().stream()
                                .map(ChangeTranslation::participant)
                                .toList()),
                vectors,
                new ProgramAnswer(request.getTerm(), request.getSequence(), request.getResults()));
    }

    private static TurnRequest participant(RoundState.Participant participant) {
        return new TurnRequest(0, participant.replica(), participant.incarnation(), participant.clock());
    }

    private static RoundState.Participant participant(TurnRequest request) {
        return new RoundState.Participant(request.getReplica(), request.getIncarnation(), request.getClock());
    }

    /** @param fetched whether the floats that a push is compared with follow its gradient */
    static ChangeRequest change(long standby, StandbyShard.Link link, long number, Change change, boolean fetched) {
        ChangeRequest request = new ChangeRequest(standby, link(link), number, ChangeKind.APPLIED);
        if (change instanceof Change.Applied applied) {
            return request.setPush(push(applied.push()))
                    .setContext(context(applied.context()))
                    .setFetched(fetched);
        } else if (change instanceof Change.Gathered gathered) {
            return request.setKind(ChangeKind.GATHERED)
                    .setPush(push(gathered.push()))
                    .setFirst(gathered.first())
                    .setRound(gathered.round());
        } else if (change instanceof Change.Late late) {
            return request.setKind(ChangeKind.LATE).setPush(push(late.push()));
        } else if (change instanceof Change.Mean mean) {
            return request.setKind(ChangeKind.MEAN)
                    .setRanges(Translation.ranges(mean.ranges()))
                    .setGradients(mean.gradients())
                    .setContext(context(mean.context()));
        } else if (change instanceof Change.RoundOver over) {
            return request.setKind(ChangeKind.ROUND_OVER).setRound(over.next()).setUpdated(over.updated());
        }
        if (change instanceof Change.Added added) {
            return request.setKind(ChangeKind.ADDED).setPush(push(added.push()));
        } else if (change instanceof Change.Ran ran) {
            return request.setKind(ChangeKind.RAN).setProgram(ProgramTranslation.request(0, 0, ran.program()));
        } else if (change instanceof Change.Answered answered) {
            return request.setKind(ChangeKind.ANSWERED).setResults(answered.results());
        } else if (change instanceof Change.Joined joined) {
            return request.setKind(ChangeKind.JOINED).setParticipant(participant(joined.participant()));
        } else if (change instanceof Change.Left left) {
            return request.setKind(ChangeKind.LEFT).setParticipant(new TurnRequest(0, left.replica(), 0, 0));
        }
        throw new IllegalArgumentException("expected a change that travels, found " + change);
    }

    /** The gradient has been decoded, however it came. */
    private static PushRequest push(PushHeader header) {
        return Translation.push(header).setEncoding(org.distbelief.paramserver.wire.gen.Encoding.FLOAT32);
    }

    private static RuleContext context(UpdateContext context) {
        return new RuleContext(context.version(), context.staleness(), context.rateFactor());
    }

    static Change change(ChangeRequest request) throws TProtocolException {
        return switch (present(request.getKind(), "a known kind")) {
            case APPLIED -> new Change.Applied(push(request), context(request));
            case GATHERED -> new Change.Gathered(push(request), request.isFirst(), request.getRound());
            case LATE -> new Change.Late(push(request));
            case MEAN ->
                new Change.Mean(
                        Translation.ranges(present(request.getRanges(), "ranges")),
                        Math.max(1, request.getGradients()),
                        context(request));
            case JOINED -> new Change.Joined(participant(present(request.getParticipant(), "a participant")));
            case LEFT ->
                new Change.Left(
                        present(request.getParticipant(), "a participant").getReplica());
            case ADDED -> added(push(request));
            case RAN -> new Change.Ran(ProgramTranslation.program(present(request.getProgram(), "a program")));
            case ANSWERED -> new Change.Answered(present(request.getResults(), "results"));
            case ROUND_OVER -> new Change.RoundOver(request.getRound(), request.isUpdated());
        };
    }

    private static Change added(PushHeader push) throws TProtocolException {
        if (push.into().isEmpty()) {
            throw Translation.invalid("expected a push that names a vector, found " + push.id());
        }
        return new Change.Added(push);
    }

    private static PushHeader push(ChangeRequest request) throws TProtocolException {
        return Translation.push(present(request.getPush(), "a push"));
    }

    private static UpdateContext context(ChangeRequest request) throws TProtocolException {
        RuleContext context = present(request.getContext(), "a context");
        return new UpdateContext(context.getVersion(), context.getStaleness(), context.getRateFactor());
    }

    private static <T> T present(@Nullable T value, String what) throws TProtocolException {
        if (value == null) {
            throw Translation.invalid("expected " + what + " in the change, found none");
        }
        return value;
    }
}
