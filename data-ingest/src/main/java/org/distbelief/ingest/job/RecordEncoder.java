package org.distbelief.ingest.job;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.jspecify.annotations.Nullable;

/** Records to Avro's binary form and back. Keeps scratch memory: one instance per thread. */
final class RecordEncoder<R> {
    private final SpecificDatumWriter<R> writer;
    private final SpecificDatumReader<R> reader;
    private @Nullable BinaryEncoder encoder;
    private @Nullable BinaryDecoder decoder;

    RecordEncoder(Schema schema) {
        SpecificData data = new SpecificData(RecordEncoder.class.getClassLoader());
        this.writer = new SpecificDatumWriter<>(schema, data);
        this.reader = new SpecificDatumReader<>(schema, schema, data);
    }

    byte[] encode(R value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder used = EncoderFactory.get().binaryEncoder(bytes, encoder);
        encoder = used;
        writer.write(value, used);
        used.flush();
        return bytes.toByteArray();
    }

    R decode(byte[] bytes) throws IOException {
        BinaryDecoder used = DecoderFactory.get().binaryDecoder(bytes, decoder);
        decoder = used;
        return read(used);
    }

    @SuppressWarnings("NullAway") // Avro makes a new record where none is given to fill
    private R read(BinaryDecoder from) throws IOException {
        return reader.read(null, from);
    }
}
