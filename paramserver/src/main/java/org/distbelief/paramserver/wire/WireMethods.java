package org.distbelief.paramserver.wire;

import java.util.Map;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.TProcessor;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TProtocolException;
import org.apache.thrift.protocol.TProtocolUtil;
import org.apache.thrift.protocol.TType;
import org.distbelief.paramserver.load.RequestFigures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Dispatches the calls of a Thrift service to its methods by name, for use in a {@link ThriftServer}. */
public final class WireMethods implements TProcessor {
    private static final Logger LOG = LoggerFactory.getLogger(WireMethods.class);

    private static final int LONGEST_NAME = 200;

    /** One method of a service. */
    @FunctionalInterface
    public interface Method {
        /**
         * Reads the arguments' struct to its end and does the work.
         *
         * @return writes the result's struct, a declared exception included
         * @throws TException where the arguments are malformed; the connection is closed then
         */
        Reply call(WireProtocol in) throws TException;
    }

    /** Writes the struct of a result. */
    @FunctionalInterface
    public interface Reply {
        void write(WireProtocol out) throws TException;
    }

    private final Map<String, Method> methods;
    private final RequestFigures figures;

    /** @param methods the service's methods by name */
    public WireMethods(Map<String, Method> methods) {
        this.methods = Map.copyOf(methods);
        this.figures = new RequestFigures(methods.keySet());
    }

    /** Counts and times the calls. */
    public RequestFigures figures() {
        return figures;
    }

    @Override
    public void process(TProtocol in, TProtocol out) throws TException {
        if (!(in instanceof WireProtocol request) || !(out instanceof WireProtocol response)) {
            throw new TException("expected the protocol of a ThriftServer");
        }
        try (RequestFigures.Request figure = figures.begin()) {
            figure.answered(process(request, response));
        }
    }

    /** Answers a call; gives its name. */
    private String process(WireProtocol request, WireProtocol response) throws TException {
        TMessage message = request.readMessageBegin();
        if (message.type != TMessageType.CALL) {
            throw new TApplicationException(
                    TApplicationException.INVALID_MESSAGE_TYPE, "expected a call, found type " + message.type);
        }
        if (message.name.length() > LONGEST_NAME) {
            throw new TProtocolException(
                    TProtocolException.SIZE_LIMIT,
                    "expected a method's name, found " + message.name.length() + " characters");
        }
        Method method = methods.get(message.name);
        if (method == null) {
            TProtocolUtil.skip(request, TType.STRUCT);
            fail(response, message, TApplicationException.UNKNOWN_METHOD, "unknown method '" + message.name + "'");
            return message.name;
        }
        Reply reply;
        try {
            reply = method.call(request);
            request.readMessageEnd();
        } catch (RuntimeException e) {
            LOG.error("Method {} failed", message.name, e);
            fail(response, message, TApplicationException.INTERNAL_ERROR, message.name + " failed: " + e);
            throw new TException("internal error in " + message.name, e);
        }
        response.writeMessageBegin(new TMessage(message.name, TMessageType.REPLY, message.seqid));
        reply.write(response);
        response.writeMessageEnd();
        response.getTransport().flush();
        return message.name;
    }

    private static void fail(WireProtocol out, TMessage message, int type, String text) throws TException {
        out.writeMessageBegin(new TMessage(message.name, TMessageType.EXCEPTION, message.seqid));
        new TApplicationException(type, text).write(out);
        out.writeMessageEnd();
        out.getTransport().flush();
    }
}
