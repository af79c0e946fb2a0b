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
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TList;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TMemoryBuffer;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Master;
import org.distbelief.container.master.Phase;
import org.distbelief.container.master.Progress;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.wire.ThriftServer;
import org.distbelief.paramserver.wire.WireLimits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a peer sends, the master goes on serving others and allocates nothing that was only claimed. */
@Timeout(60)
class MalformedReportTest {
    private static final int PATIENCE_MILLIS = 20_000;

    private final AtomicInteger handled = new AtomicInteger();
    private final ThriftServer server;

    MalformedReportTest() throws IOException {
        server = new ThriftServer(
                "master",
                InetAddress.getLoopbackAddress(),
                0,
                new MasterProcessor(report -> {
                            handled.incrementAndGet();
                            return new Reply(Phase.TRAIN, List.of(), 1, false);
                        })
                        .methods(),
                WireLimits.standard(),
                WireSecurity.none());
        server.start();
    }

    @AfterEach
    void stillServesOthers() throws Exception {
        try (Master master = connect()) {
            int before = handled.get();
            assertThat(master.exchange(report(1)).phase()).isEqualTo(Phase.TRAIN);
            assertThat(handled.get()).isEqualTo(before + 1);
        }
        server.close();
    }

    private Master connect() {
        InetSocketAddress address = server.address();
        return new ThriftMaster(
                () -> InetSocketAddress.createUnresolved(address.getHostString(), address.getPort()),
                Duration.ofMillis(PATIENCE_MILLIS),
                WireLimits.standard(),
                WireSecurity.none());
    }

    private static Report report(int completed) {
        return new Report(
                0, 0, 1, 0, List.of(), Collections.nCopies(completed, new Completed(1, 1)), List.of(), Progress.none());
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

    private static byte[] reportWithListOf(int field, byte type, int size) throws Exception {
        TMemoryBuffer buffer = new TMemoryBuffer(1 << 20);
        TProtocol protocol = new TBinaryProtocol(buffer);
        protocol.writeMessageBegin(new TMessage("exchange", TMessageType.CALL, 1));
        protocol.writeFieldBegin(new TField("report", TType.STRUCT, (short) 1));
        protocol.writeFieldBegin(new TField("", TType.LIST, (short) field));
        protocol.writeListBegin(new TList(type, size));
        return Arrays.copyOf(buffer.getArray(), buffer.length());
    }

    @ParameterizedTest
    @ValueSource(ints = {BoundedLists.MOST + 1, 1 << 20, Integer.MAX_VALUE, -1})
    void aListThatClaimsTooMuchIsNotAllocated(int size) throws Exception {
        assertThat(hungUpOn(reportWithListOf(5, TType.I64, size))).isTrue();
        assertThat(hungUpOn(reportWithListOf(6, TType.STRUCT, size))).isTrue();
        assertThat(handled.get()).isZero();
    }

    @Test
    void noiseIsHungUpOn() throws Exception {
        byte[] noise = new byte[64];
        new Random(5).nextBytes(noise);
        noise[0] = 0x47;
        assertThat(hungUpOn(noise)).isTrue();
        assertThat(handled.get()).isZero();
    }

    @Test
    void aReportAsLongAsAllowedPasses() throws Exception {
        try (Master master = connect()) {
            assertThat(master.exchange(report(BoundedLists.MOST)).phase()).isEqualTo(Phase.TRAIN);
        }
        assertThat(handled.get()).isEqualTo(1);
    }
}
