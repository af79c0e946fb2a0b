package org.distbelief.container.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TList;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TMemoryBuffer;
import org.distbelief.container.coordinator.Beat;
import org.distbelief.container.coordinator.Coordinator;
import org.distbelief.container.coordinator.CoordinatorHandler;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.container.coordinator.WorkReport;
import org.distbelief.container.wire.gen.BeatRequest;
import org.distbelief.container.wire.gen.WireDone;
import org.distbelief.container.wire.gen.WorkRequest;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.wire.ThriftServer;
import org.distbelief.paramserver.wire.WireLimits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a peer sends, the coordinator goes on serving others and allocates nothing that was only claimed. */
@Timeout(60)
class MalformedWorkTest {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int BUNDLE = 7;

    private final AtomicInteger handled = new AtomicInteger();
    private final ThriftServer server;

    MalformedWorkTest() throws IOException {
        server = new ThriftServer(
                "coordinator",
                InetAddress.getLoopbackAddress(),
                0,
                new CoordinatorProcessor(new CoordinatorHandler() {
                            @Override
                            public WorkReply report(WorkReport report) {
                                handled.incrementAndGet();
                                return new WorkReply(
                                        Optional.empty(),
                                        true,
                                        false,
                                        Optional.empty(),
                                        Optional.empty(),
                                        report.bundle());
                            }

                            @Override
                            public boolean beat(Beat beat) {
                                handled.incrementAndGet();
                                return true;
                            }
                        })
                        .methods(),
                WireLimits.standard(),
                WireSecurity.none());
        server.start();
    }

    @AfterEach
    void stillServesOthers() throws Exception {
        try (Coordinator coordinator = connect()) {
            int before = handled.get();
            assertThat(coordinator.report(report(1)).keep()).isTrue();
            assertThat(handled.get()).isEqualTo(before + 1);
        }
        server.close();
    }

    private Coordinator connect() {
        InetSocketAddress address = server.address();
        return new ThriftCoordinator(
                () -> InetSocketAddress.createUnresolved(address.getHostString(), address.getPort()),
                Duration.ofMillis(PATIENCE_MILLIS),
                WireLimits.standard(),
                WireSecurity.none());
    }

    private static WorkReport report(int bundle) {
        return new WorkReport(
                0,
                0,
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Collections.nCopies(bundle, 5),
                Optional.empty(),
                false,
                true);
    }

    /** Sends bytes and returns whether the server hung up without a word. */
    private boolean hungUpOn(byte[] bytes) throws Exception {
        try (Socket socket = new Socket()) {
            socket.connect(server.address(), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
            return socket.getInputStream().read() == -1;
        }
    }

    private static byte[] call(String method, String argument, TSerializable struct) throws Exception {
        TMemoryBuffer buffer = new TMemoryBuffer(1 << 10);
        TProtocol protocol = new TBinaryProtocol(buffer);
        protocol.writeMessageBegin(new TMessage(method, TMessageType.CALL, 1));
        protocol.writeFieldBegin(new TField(argument, TType.STRUCT, (short) 1));
        struct.write(protocol);
        protocol.writeFieldStop();
        return Arrays.copyOf(buffer.getArray(), buffer.length());
    }

    private static byte[] bundleOf(int size) throws Exception {
        TMemoryBuffer buffer = new TMemoryBuffer(1 << 10);
        TProtocol protocol = new TBinaryProtocol(buffer);
        protocol.writeMessageBegin(new TMessage("report", TMessageType.CALL, 1));
        protocol.writeFieldBegin(new TField("report", TType.STRUCT, (short) 1));
        protocol.writeFieldBegin(new TField("", TType.LIST, (short) BUNDLE));
        protocol.writeListBegin(new TList(TType.I32, size));
        return Arrays.copyOf(buffer.getArray(), buffer.length());
    }

    @ParameterizedTest
    @ValueSource(ints = {BoundedLists.MOST + 1, 1 << 20, Integer.MAX_VALUE, -1})
    void aListThatClaimsTooMuchIsNotAllocated(int size) throws Exception {
        assertThat(hungUpOn(bundleOf(size))).isTrue();
        assertThat(handled.get()).isZero();
    }

    @Test
    void numbersThatCannotBeAreHungUpOn() throws Exception {
        WorkRequest negative = new WorkRequest(0, 0, 1, List.of(1, -1), false, true);
        WorkRequest replica = new WorkRequest(-1, 0, 1, List.of(), false, true);
        WorkRequest done = new WorkRequest(0, 0, 1, List.of(), false, true).setDone(new WireDone(1, 1.5, -5));
        WorkRequest working = new WorkRequest(0, 0, 1, List.of(), false, true).setWorking(-7);
        for (WorkRequest request : List.of(negative, replica, done, working)) {
            assertThat(hungUpOn(call("report", "report", request)))
                    .as("%s", request)
                    .isTrue();
        }
        assertThat(hungUpOn(call("beat", "beat", new BeatRequest(0, -1)))).isTrue();
        assertThat(handled.get()).isZero();
    }

    @Test
    void aProperCallIsAnsweredInTheSameWay() throws Exception {
        assertThat(hungUpOn(call("report", "report", new WorkRequest(0, 0, 1, List.of(1), false, true))))
                .isFalse();
        assertThat(hungUpOn(call("beat", "beat", new BeatRequest(0, 1)))).isFalse();
        assertThat(handled.get()).isEqualTo(2);
    }

    @Test
    void aReportAsLongAsAllowedPasses() throws Exception {
        try (Coordinator coordinator = connect()) {
            assertThat(coordinator.report(report(BoundedLists.MOST)).ahead()).hasSize(BoundedLists.MOST);
        }
        assertThat(handled.get()).isEqualTo(1);
    }
}
