package org.distbelief.paramserver.wire.fuzz;

import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocolUtil;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TMemoryInputTransport;
import org.apache.thrift.transport.TTransportException;
import org.distbelief.paramserver.wire.gen.ChangeRequest;
import org.distbelief.paramserver.wire.gen.FetchRequest;
import org.distbelief.paramserver.wire.gen.FillRequest;
import org.distbelief.paramserver.wire.gen.FollowRequest;
import org.distbelief.paramserver.wire.gen.PushReply;
import org.distbelief.paramserver.wire.gen.PushRequest;
import org.distbelief.paramserver.wire.gen.RunReply;
import org.distbelief.paramserver.wire.gen.RunRequest;
import org.distbelief.paramserver.wire.gen.SaveRequest;
import org.distbelief.paramserver.wire.gen.StoreRequest;
import org.jspecify.annotations.Nullable;

/** Reads a connection's two directions by Thrift's stock protocol, to tell what the shard must have done. */
final class Replies {
    private final TBinaryProtocol sent;
    private final TBinaryProtocol received;
    private final TMemoryInputTransport rest;
    private int answered;
    private int applied;
    private int counted;
    private int unknown;
    private int ran;

    private Replies(byte[] sent, byte[] received, int length) throws TException {
        this.sent = new TBinaryProtocol(new TMemoryInputTransport(sent));
        this.rest = new TMemoryInputTransport();
        rest.reset(received, 0, length);
        this.received = new TBinaryProtocol(rest);
    }

    /**
     * Reads all replies.
     *
     * @throws AssertionError where one is no reply to the message at its place, or tells of an internal error
     */
    static Replies read(byte[] sent, byte[] received, int length) throws TException {
        Replies replies = new Replies(sent, received, length);
        boolean more = true;
        while (more && replies.rest.getBytesRemainingInBuffer() > 0) {
            more = replies.one();
        }
        replies.lookAhead();
        return replies;
    }

    /** How many messages were answered, by a refusal or by something else. */
    int answered() {
        return answered;
    }

    /** Pushes that ended an update and were applied. */
    int applied() {
        return applied;
    }

    /** Those of them that raised the version. */
    int counted() {
        return counted;
    }

    /** Programs that were run. */
    int ran() {
        return ran;
    }

    /** Pushes whose replies may have been lost with the connection. */
    int unknown() {
        return unknown;
    }

    private void lookAhead() {
        try {
            while (true) {
                TMessage call = sent.readMessageBegin();
                TProtocolUtil.skip(sent, TType.STRUCT);
                unknown += call.name.equals("push") ? 1 : 0;
            }
        } catch (TException e) {
            // The end, or the message that the shard could not read either.
            return;
        }
    }

    /** Reads a message and its reply; false where the connection was lost in the middle of the reply. */
    private boolean one() throws TException {
        TMessage reply;
        PushReply pushed = null;
        try {
            reply = received.readMessageBegin();
            if (reply.type == TMessageType.EXCEPTION) {
                expectUnknownMethod(TApplicationException.readFrom(received));
            } else if (reply.name.equals("push")) {
                pushed = reply(new PushReply());
            } else if (reply.name.equals("run")) {
                ran += reply(new RunReply()) == null ? 0 : 1;
            } else {
                TProtocolUtil.skip(received, TType.STRUCT);
            }
        } catch (TTransportException e) {
            return false;
        }
        TMessage call = sent.readMessageBegin();
        if (reply.seqid != call.seqid || call.type != TMessageType.CALL || !reply.name.equals(call.name)) {
            throw new AssertionError("expected a reply to " + call + ", found " + reply);
        }
        answered++;
        TSerializable request = request(call.name);
        if (pushed != null && !pushed.isDuplicate() && request instanceof PushRequest push && push.isLast()) {
            applied++;
            counted += push.isCounts() ? 1 : 0;
        }
        return true;
    }

    private static void expectUnknownMethod(TApplicationException e) {
        if (e.getType() != TApplicationException.UNKNOWN_METHOD) {
            throw new AssertionError("the shard failed: " + e.getMessage(), e);
        }
    }

    /** Reads a call's arguments as the generated code does, which does not look at the types of a list's elements. */
    private @Nullable TSerializable request(String method) throws TException {
        TSerializable request = empty(method);
        boolean headed = request == null;
        for (TField field = sent.readFieldBegin(); field.type != TType.STOP; field = sent.readFieldBegin()) {
            if (field.id == 1 && field.type == TType.STRUCT && request != null && !headed) {
                request.read(sent);
                headed = true;
            } else {
                TProtocolUtil.skip(sent, field.type);
            }
        }
        return request;
    }

    private static @Nullable TSerializable empty(String method) {
        return switch (method) {
            case "push" -> new PushRequest();
            case "run" -> new RunRequest();
            case "fetch" -> new FetchRequest();
            case "store" -> new StoreRequest();
            case "save" -> new SaveRequest();
            case "follow" -> new FollowRequest();
            case "change" -> new ChangeRequest();
            case "fill" -> new FillRequest();
            default -> null;
        };
    }

    private <T extends TSerializable> @Nullable T reply(T success) throws TException {
        T reply = null;
        for (TField field = received.readFieldBegin(); field.type != TType.STOP; field = received.readFieldBegin()) {
            if (field.id == 0) {
                success.read(received);
                reply = success;
            } else {
                TProtocolUtil.skip(received, field.type);
            }
        }
        return reply;
    }
}
