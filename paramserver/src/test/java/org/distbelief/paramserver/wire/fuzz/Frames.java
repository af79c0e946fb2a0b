package org.distbelief.paramserver.wire.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TMemoryBuffer;
import org.distbelief.paramserver.wire.gen.AppliedCount;
import org.distbelief.paramserver.wire.gen.ChangeKind;
import org.distbelief.paramserver.wire.gen.ChangeRequest;
import org.distbelief.paramserver.wire.gen.EnterRequest;
import org.distbelief.paramserver.wire.gen.FetchRequest;
import org.distbelief.paramserver.wire.gen.FillRequest;
import org.distbelief.paramserver.wire.gen.FollowRequest;
import org.distbelief.paramserver.wire.gen.Link;
import org.distbelief.paramserver.wire.gen.LoggedPushes;
import org.distbelief.paramserver.wire.gen.Operation;
import org.distbelief.paramserver.wire.gen.OperationKind;
import org.distbelief.paramserver.wire.gen.PushRequest;
import org.distbelief.paramserver.wire.gen.RoundUnit;
import org.distbelief.paramserver.wire.gen.RuleContext;
import org.distbelief.paramserver.wire.gen.RunRequest;
import org.distbelief.paramserver.wire.gen.SaveRequest;
import org.distbelief.paramserver.wire.gen.StoreRequest;
import org.distbelief.paramserver.wire.gen.TurnRequest;
import org.distbelief.paramserver.wire.gen.WindowRequest;
import org.jspecify.annotations.Nullable;

/** Messages to a shard with something wrong in each, all following from the numbers of a generator. */
final class Frames {
    /** Attackers' replicas are from here on. */
    private static final int REPLICAS = 1000;

    private static final int PUSHES_OF_A_REPLICA = 50;

    /** Higher than most wrong ones; after a higher one the replica's pushes are refused for ever. */
    private static final long FIRST_LIFE = 2000;

    /** Higher than most wrong ones; after a higher one no program is run. */
    private static final long FIRST_TERM = 1L << 40;

    /** Places of a message of medium length, so that each of them is wrong now and then. */
    private static final int PLACES = 24;

    private static final int MARK = 0x6d61726b;

    private static final double LARGE = 1.0 / 40_000;

    private final Random random;
    private final String directory;
    private final int firstReplica;
    private final long[] lives = new long[40];
    private int pushes;
    private long terms;

    /** @param directory the only one to which a shard may be told to save; only rarely told to */
    Frames(Random random, String directory) {
        this.firstReplica = REPLICAS + random.nextInt(1000);
        this.random = random;
        this.directory = directory;
    }

    /**
     * A message.
     *
     * @param bytes what to send
     * @param broken whether a server may wait for more of it
     */
    record Frame(ByteBuffer bytes, boolean broken) {
        Frame(byte[] bytes, boolean broken) {
            this(ByteBuffer.wrap(bytes), broken);
        }
    }

    /** A message that a server can read to its end. */
    byte[] gentle() throws TException {
        if (random.nextDouble() < LARGE) {
            return large();
        }
        return message(new CrookedProtocol(buffer(), random, false, random.nextInt(PLACES)));
    }

    /** One that it may not be able to read on after. */
    Frame harsh() throws TException {
        boolean crooked = random.nextBoolean();
        byte[] bytes = message(new CrookedProtocol(buffer(), random, true, crooked ? random.nextInt(PLACES) : -1));
        return crooked ? new Frame(bytes, random.nextInt(4) == 0) : damaged(bytes);
    }

    /** A ping like no other. */
    static byte[] mark() throws TException {
        return message("ping", TMessageType.CALL);
    }

    /** The reply to {@link #mark}. */
    static byte[] markReply() throws TException {
        return message("ping", TMessageType.REPLY);
    }

    private static byte[] message(String method, byte type) throws TException {
        TMemoryBuffer out = buffer();
        TBinaryProtocol protocol = new TBinaryProtocol(out);
        protocol.writeMessageBegin(new TMessage(method, type, MARK));
        protocol.writeFieldStop();
        return Arrays.copyOf(out.getArray(), out.length());
    }

    private static TMemoryBuffer buffer() throws TException {
        return new TMemoryBuffer(512);
    }

    private byte[] message(CrookedProtocol out) throws TException {
        int kind = random.nextInt(100);
        if (kind < 40) {
            push(out);
        } else if (kind < 65) {
            call(out, "fetch", new FetchRequest(FuzzedShard.GENERATION, vector(), ranges()), null);
        } else if (kind < 72) {
            toStandby(out);
        } else if (kind < 80) {
            List<Long> ranges = ranges();
            call(out, "store", new StoreRequest(FuzzedShard.GENERATION, vector(), ranges), floats(ranges));
        } else if (kind < 86) {
            RunRequest request = program();
            call(out, "run", request, null);
        } else if (kind < 93) {
            call(out, "ping", null, null);
        } else if (kind < 94) {
            call(out, "window", new WindowRequest(4096 * random.nextInt(100), 4096 * (1 + random.nextInt(100))), null);
        } else if (kind < 95) {
            call(out, "enter", new EnterRequest(ByteBuffer.allocate(random.nextInt(40))), null);
        } else if (kind < 97) {
            call(out, random.nextInt(10) == 0 ? "status" : "ping", null, null);
        } else {
            String where = random.nextInt(200) == 0 ? directory : "file:///nowhere/" + random.nextInt();
            call(out, "save", new SaveRequest(FuzzedShard.GENERATION, where, List.of(vector(), vector())), null);
        }
        TMemoryBuffer written = (TMemoryBuffer) out.getTransport();
        return Arrays.copyOf(written.getArray(), written.length());
    }

    /** On vectors of its own: what is in the parameters is not for attackers to change everywhere. */
    private RunRequest program() {
        List<Operation> operations = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            OperationKind kind = OperationKind.findByValue(1 + random.nextInt(10));
            operations.add(new Operation(kind, "v" + random.nextInt(4))
                    .setOther("v" + random.nextInt(4))
                    .setFactor(random.nextDouble())
                    .setSeed(random.nextLong()));
        }
        long parameters = FuzzedShard.TARGET.size() + FuzzedShard.SANCTUARY.size();
        terms += random.nextInt(2);
        return new RunRequest(
                FuzzedShard.GENERATION, FIRST_TERM + terms, 1 + random.nextInt(2), parameters, operations);
    }

    /** What a standby is told by the process that it follows; now and then in an order that it takes. */
    private void toStandby(CrookedProtocol out) throws TException {
        Link link = new Link(5L + random.nextInt(3), 1L + random.nextInt(20));
        long number = 1L + random.nextInt(3);
        List<Long> ranges = ranges();
        switch (random.nextInt(4)) {
            case 0 -> {
                AppliedCount count = new AppliedCount(random.nextInt(9), 0, 1, random.nextInt(9), 1);
                call(
                        out,
                        "follow",
                        new FollowRequest(
                                FuzzedShard.STANDBY,
                                link,
                                random.nextInt(9),
                                List.of(new LoggedPushes(count, true, false, 0)),
                                random.nextInt(3),
                                List.of(new RoundUnit(ranges, List.of(random.nextInt(9)), 1, true)),
                                List.of(new TurnRequest(0, random.nextInt(9), 1, 1)),
                                List.of("parameters", "momentum"),
                                1,
                                random.nextInt(3),
                                List.of(1.0)),
                        null);
            }
            case 1 -> {
                FillRequest request = new FillRequest(FuzzedShard.STANDBY, link, number, random.nextInt(2));
                call(out, "fill", request, ByteBuffer.allocate(2 * Float.BYTES * (int) FuzzedShard.TARGET.size()));
            }
            default -> {
                ChangeKind kind = ChangeKind.findByValue(1 + random.nextInt(10));
                ChangeRequest request = new ChangeRequest(FuzzedShard.STANDBY, link, number, kind)
                        .setPush(new PushRequest(5, random.nextInt(9), 0, 1, random.nextInt(9), ranges, -1))
                        .setContext(new RuleContext(1, 0, random.nextDouble()))
                        .setFirst(random.nextBoolean())
                        .setRound(random.nextInt(3))
                        .setRanges(ranges)
                        .setGradients(random.nextInt(3))
                        .setParticipant(new TurnRequest(0, random.nextInt(9), 1, 1))
                        .setProgram(program())
                        .setResults(List.of(1.0));
                if (random.nextBoolean()) {
                    request.getPush().setInto("v" + random.nextInt(4));
                }
                call(out, "change", request, random.nextInt(4) == 0 ? ByteBuffer.allocate(0) : floats(ranges));
            }
        }
    }

    private void push(CrookedProtocol out) throws TException {
        List<Long> ranges = ranges();
        int replica = pushes++ / PUSHES_OF_A_REPLICA % lives.length;
        boolean born = random.nextBoolean();
        lives[replica] += born ? 1 : 0;
        PushRequest request = new PushRequest(
                FuzzedShard.GENERATION,
                firstReplica + replica,
                0,
                FIRST_LIFE + lives[replica],
                born ? 1 : 1 + random.nextInt(3),
                ranges,
                random.nextInt(100));
        if (random.nextBoolean()) {
            request.setLast(random.nextInt(4) > 0).setCounts(random.nextInt(4) > 0);
        }
        if (random.nextInt(4) == 0) {
            request.setCounts(false).setInto("v" + random.nextInt(4));
        }
        call(out, "push", request, floats(ranges));
    }

    private void call(CrookedProtocol out, String method, @Nullable TSerializable request, @Nullable ByteBuffer payload)
            throws TException {
        out.writeMessageBegin(new TMessage(method, TMessageType.CALL, random.nextInt(1000)));
        out.writeStructBegin(new TStruct());
        if (request != null) {
            out.writeFieldBegin(new TField("", TType.STRUCT, (short) 1));
            request.write(out);
        }
        if (payload != null) {
            out.writeFieldBegin(new TField("", TType.STRING, (short) 2));
            out.writeBinary(payload);
        }
        out.writeFieldStop();
    }

    private String vector() {
        return random.nextInt(3) == 0 ? "momentum" : "parameters";
    }

    /** A few that ascend; mostly within what the shard holds. */
    private List<Long> ranges() {
        List<Long> flat = new ArrayList<>();
        long at = 0;
        for (int i = random.nextInt(3); i >= 0; i--) {
            at += 1 + random.nextInt(30);
            flat.add(at);
            at += 1 + random.nextInt(random.nextInt(20) == 0 ? 3000 : 20);
            flat.add(at);
        }
        return flat;
    }

    private static ByteBuffer floats(List<Long> ranges) {
        long floats = 0;
        for (int i = 0; i < ranges.size(); i += 2) {
            floats += ranges.get(i + 1) - ranges.get(i);
        }
        return ByteBuffer.allocate((int) floats * Float.BYTES);
    }

    /** Very many ranges, really sent. */
    private byte[] large() throws TException {
        List<Long> ranges = new ArrayList<>();
        for (long i = 0, n = 1L << (16 + random.nextInt(4)); i < n; i++) {
            ranges.add(2 * i);
            ranges.add(2 * i + 1);
        }
        CrookedProtocol out = new CrookedProtocol(buffer(), random, false, -1);
        call(out, "fetch", new FetchRequest(FuzzedShard.GENERATION, vector(), ranges), null);
        TMemoryBuffer written = (TMemoryBuffer) out.getTransport();
        return Arrays.copyOf(written.getArray(), written.length());
    }

    private Frame damaged(byte[] bytes) {
        int at = random.nextInt(bytes.length);
        return switch (random.nextInt(5)) {
            case 0 -> {
                for (int i = random.nextInt(8); i >= 0; i--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
                yield new Frame(bytes, false);
            }
            case 1 -> new Frame(Arrays.copyOf(bytes, at), true);
            case 2 -> {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(200));
                System.arraycopy(bytes, at, longer, longer.length - (bytes.length - at), bytes.length - at);
                yield new Frame(longer, false);
            }
            case 3 -> {
                int cut = Math.min(bytes.length - at, 1 + random.nextInt(20));
                byte[] shorter = Arrays.copyOf(bytes, bytes.length - cut);
                System.arraycopy(bytes, at + cut, shorter, at, bytes.length - at - cut);
                yield new Frame(shorter, false);
            }
            default -> {
                byte[] noise = new byte[1 + random.nextInt(400)];
                random.nextBytes(noise);
                yield new Frame(noise, false);
            }
        };
    }
}
