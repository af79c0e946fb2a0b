package org.distbelief.ingest.image;

import com.google.auto.service.AutoService;
import java.util.Arrays;
import java.util.Set;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.ingest.raw.BadInputException;
import org.distbelief.ingest.raw.RawData;
import org.distbelief.ingest.raw.RawFormat;

/** PNG pictures: colour, grey and palette, with or without transparency. */
@AutoService(RawFormat.class)
public final class PngFormat implements RawFormat {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

    private final PictureReader reader = new PictureReader("png");

    @Override
    public String name() {
        return "PNG";
    }

    @Override
    public DatasetKind kind() {
        return DatasetKind.IMAGES;
    }

    @Override
    public Set<String> extensions() {
        return Set.of("png");
    }

    @Override
    public boolean recognises(byte[] content) {
        return content.length >= SIGNATURE.length
                && Arrays.equals(content, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
    }

    @Override
    public RawData decode(byte[] content) throws BadInputException {
        return reader.read(content);
    }
}
