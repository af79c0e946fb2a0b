package org.distbelief.paramserver.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TType;
import org.distbelief.paramserver.RangeSet;

/** Messages byte by byte, as no client of ours would send them. */
final class RawMessages {
    private RawMessages() {}

    static void begin(ByteBuffer message, String method) {
        message.putInt(0x80010000 | TMessageType.CALL).putInt(method.length());
        message.put(method.getBytes(StandardCharsets.US_ASCII)).putInt(1);
    }

    /** A push message up to and with the first {@code sent} bytes of a gradient that claims a length. */
    static byte[] pushOf(RangeSet ranges, int claimed, int sent) {
        List<Long> flat = ranges.ranges().stream()
                .flatMapToLong(r -> LongStream.of(r.start(), r.end()))
                .boxed()
                .toList();
        ByteBuffer message = ByteBuffer.allocate(300 + sent);
        begin(message, "push");
        message.put(TType.STRUCT).putShort((short) 1);
        message.put(TType.I64).putShort((short) 1).putLong(1);
        message.put(TType.I32).putShort((short) 2).putInt(0);
        message.put(TType.I32).putShort((short) 3).putInt(0);
        message.put(TType.I64).putShort((short) 4).putLong(1);
        message.put(TType.I64).putShort((short) 5).putLong(1);
        message.put(TType.LIST).putShort((short) 6).put(TType.I64).putInt(flat.size());
        flat.forEach(message::putLong);
        message.put(TType.I64).putShort((short) 7).putLong(0);
        message.put(TType.STOP);
        message.put(TType.STRING).putShort((short) 2).putInt(claimed);
        message.put(new byte[sent]);
        return Arrays.copyOf(message.array(), message.position());
    }
}
