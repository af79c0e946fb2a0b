package org.distbelief.paramserver.wire.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TList;
import org.apache.thrift.protocol.TMap;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TMemoryBuffer;

/**
 * Writes a message with something wrong in one place. A gentle one keeps the form, so that a server can read on after
 * it; a harsh one breaks it.
 */
final class CrookedProtocol extends TBinaryProtocol {
    private static final byte[] TYPES = {
        TType.BOOL,
        TType.BYTE,
        TType.DOUBLE,
        TType.I16,
        TType.I32,
        TType.I64,
        TType.STRING,
        TType.STRUCT,
        TType.MAP,
        TType.SET,
        TType.LIST,
        TType.UUID
    };
    private static final int[] SIZES = {
        -1,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE,
        Integer.MAX_VALUE - 7,
        1 << 30,
        1 << 24,
        (16 << 20) - 100,
        (5 << 20) - 200,
        2_000_000,
        600_000,
        100_000,
        1000,
        1,
        0
    };
    private static final long[] LONGS = {
        0,
        1,
        2,
        511,
        512,
        513,
        Integer.MAX_VALUE,
        1L << 32,
        1L << 40,
        1L << 61,
        1L << 62,
        Long.MAX_VALUE - 1,
        Long.MAX_VALUE,
        -1,
        Long.MIN_VALUE
    };
    private static final int GENTLE_DEPTH = 12;
    private static final int GENTLE_ARE_LARGE = 64;

    private final Random random;
    private final boolean harsh;
    private int untilWrong;
    private boolean inList;
    private String method = "";
    /** Whether what is written now is part of something that is one place. */
    private boolean within;

    /** @param untilWrong how many places pass before something goes wrong */
    CrookedProtocol(TMemoryBuffer out, Random random, boolean harsh, int untilWrong) {
        super(out);
        this.random = random;
        this.harsh = harsh;
        this.untilWrong = untilWrong;
    }

    private boolean here() {
        return !within && untilWrong-- == 0;
    }

    @FunctionalInterface
    private interface Part {
        void write() throws TException;
    }

    private void as(Part part) throws TException {
        boolean before = within;
        within = true;
        part.write();
        within = before;
    }

    private int size() {
        return SIZES[random.nextInt(SIZES.length)];
    }

    private long number() {
        long number = LONGS[random.nextInt(LONGS.length)];
        return harsh ? number : Math.max(1, number & Long.MAX_VALUE);
    }

    private byte type() {
        return TYPES[random.nextInt(TYPES.length)];
    }

    private String word(int most) {
        StringBuilder word = new StringBuilder();
        for (int i = random.nextInt(most); i >= 0; i--) {
            word.append((char) (harsh ? random.nextInt(0xd000) : 'a' + random.nextInt(26)));
        }
        return word.toString();
    }

    @Override
    public void writeMessageBegin(TMessage message) throws TException {
        boolean here = here();
        as(() -> message(message, here));
    }

    private void message(TMessage message, boolean here) throws TException {
        method = message.name;
        if (!here) {
            super.writeMessageBegin(message);
        } else if (!harsh) {
            super.writeMessageBegin(
                    random.nextBoolean()
                            ? new TMessage(word(12), message.type, message.seqid)
                            : new TMessage(message.name, message.type, random.nextInt()));
        } else {
            switch (random.nextInt(4)) {
                case 0 -> super.writeMessageBegin(new TMessage(message.name, (byte) random.nextInt(), message.seqid));
                case 1 -> super.writeI32(random.nextInt());
                case 2 -> super.writeMessageBegin(new TMessage(word(5000), message.type, message.seqid));
                default -> {
                    super.writeI32(VERSION_1 | message.type);
                    super.writeI32(size());
                }
            }
        }
    }

    @Override
    public void writeFieldBegin(TField field) throws TException {
        boolean here = here();
        as(() -> field(field, here));
    }

    private void field(TField field, boolean here) throws TException {
        if (!here) {
            super.writeFieldBegin(field);
        } else if (!harsh) {
            byte type = type();
            super.writeFieldBegin(new TField("", type, (short) (20 + random.nextInt(1000))));
            value(type, random.nextInt(GENTLE_DEPTH));
            super.writeFieldBegin(field);
        } else {
            switch (random.nextInt(4)) {
                case 0 -> super.writeFieldBegin(new TField("", (byte) random.nextInt(), field.id));
                case 1 -> super.writeFieldBegin(new TField("", field.type, (short) random.nextInt()));
                case 2 -> nest(field.id, random.nextInt(20) == 0 ? 100_000 : 1 + random.nextInt(200));
                default -> {
                    super.writeFieldBegin(new TField("", type(), field.id));
                    value(type(), 2);
                }
            }
        }
    }

    /** Structs, lists or maps within each other that never end. */
    private void nest(short id, int depth) throws TException {
        int kind = random.nextInt(4);
        super.writeFieldBegin(
                new TField("", new byte[] {TType.STRUCT, TType.LIST, TType.SET, TType.MAP}[kind], (short) (id + 40)));
        for (int i = 0; i < depth; i++) {
            switch (kind) {
                case 0 -> super.writeFieldBegin(new TField("", TType.STRUCT, (short) i));
                case 1 -> super.writeListBegin(new TList(TType.LIST, 1 + random.nextInt(3)));
                case 2 -> super.writeListBegin(new TList(TType.SET, 1));
                default -> {
                    super.writeMapBegin(new TMap(TType.BOOL, TType.MAP, 1));
                    super.writeByte((byte) 1);
                }
            }
        }
    }

    /** A sound value of a type, nested at most so deeply. */
    private void value(byte type, int depth) throws TException {
        byte inner = depth > 0 ? type() : TType.BOOL;
        if (inner == TType.UUID && type != TType.STRUCT) {
            // The library does not know how long these are in a list.
            inner = TType.I64;
        }
        int size = random.nextInt(4);
        switch (type) {
            case TType.BOOL, TType.BYTE -> super.writeByte((byte) random.nextInt(2));
            case TType.I16 -> super.writeI16((short) random.nextInt());
            case TType.I32 -> super.writeI32(random.nextInt());
            case TType.I64, TType.DOUBLE -> super.writeI64(random.nextLong());
            case TType.UUID -> {
                super.writeI64(random.nextLong());
                super.writeI64(random.nextLong());
            }
            case TType.STRING -> super.writeString(word(random.nextInt(100) == 0 ? 20_000 : 20));
            case TType.STRUCT -> {
                for (int i = 0; i < size; i++) {
                    super.writeFieldBegin(new TField("", inner, (short) random.nextInt()));
                    value(inner, depth - 1);
                }
                super.writeFieldStop();
            }
            case TType.MAP -> {
                super.writeMapBegin(new TMap(TType.I16, inner, size));
                for (int i = 0; i < size; i++) {
                    super.writeI16((short) i);
                    value(inner, depth - 1);
                }
            }
            default -> {
                super.writeListBegin(new TList(inner, size));
                for (int i = 0; i < size; i++) {
                    value(inner, depth - 1);
                }
            }
        }
    }

    @Override
    public void writeListBegin(TList list) throws TException {
        inList = true;
        TList written = list;
        if (harsh && here()) {
            written = random.nextBoolean()
                    ? new TList(list.elemType, size())
                    : new TList((byte) random.nextInt(20), random.nextBoolean() ? list.size : size());
        }
        TList any = written;
        as(() -> super.writeListBegin(any));
    }

    @Override
    public void writeListEnd() {
        inList = false;
    }

    @Override
    public void writeI64(long value) throws TException {
        boolean large = harsh || random.nextInt(GENTLE_ARE_LARGE) == 0;
        super.writeI64((harsh || !inList) && here() ? large ? number() : 1 + random.nextInt(1000) : value);
    }

    @Override
    public void writeI32(int value) throws TException {
        super.writeI32(here() ? (int) (harsh ? number() : Math.min(number(), Integer.MAX_VALUE)) : value);
    }

    @Override
    public void writeBool(boolean value) throws TException {
        super.writeByte(here() ? (byte) random.nextInt() : (byte) (value ? 1 : 0));
    }

    @Override
    public void writeString(String text) throws TException {
        if (!here()) {
            plain(text.getBytes(StandardCharsets.UTF_8));
        } else if (harsh && random.nextBoolean()) {
            super.writeI32(size());
        } else {
            plain(word(harsh ? 3000 : 15).getBytes(StandardCharsets.UTF_8));
        }
    }

    private void plain(byte[] bytes) throws TException {
        super.writeI32(bytes.length);
        getTransport().write(bytes, 0, bytes.length);
    }

    /** A payload: of another length than fits, of other floats, or with a length that lies. */
    @Override
    public void writeBinary(ByteBuffer payload) throws TException {
        byte[] bytes = new byte[payload.remaining()];
        payload.duplicate().get(bytes);
        if (!here()) {
            plain(bytes);
        } else if (harsh) {
            super.writeI32(size());
            getTransport().write(bytes, 0, bytes.length);
        } else {
            byte[] other = method.equals("push") && random.nextBoolean() ? new byte[random.nextInt(3000)] : bytes;
            random.nextBytes(other);
            plain(other);
        }
    }

    @Override
    public void writeStructBegin(TStruct struct) {
        // Nothing stands on the wire.
    }
}
