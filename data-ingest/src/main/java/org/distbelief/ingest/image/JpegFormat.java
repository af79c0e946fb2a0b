package org.distbelief.ingest.image;

import com.google.auto.service.AutoService;
import java.util.Set;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.ingest.raw.BadInputException;
import org.distbelief.ingest.raw.RawData;
import org.distbelief.ingest.raw.RawFormat;

/** JPEG pictures, baseline and progressive, colour and grey. */
@AutoService(RawFormat.class)
public final class JpegFormat implements RawFormat {
    private final PictureReader reader = new PictureReader("jpeg");

    @Override
    public String name() {
        return "JPEG";
    }

    @Override
    public DatasetKind kind() {
        return DatasetKind.IMAGES;
    }

    @Override
    public Set<String> extensions() {
        return Set.of("jpg", "jpeg");
    }

    @Override
    public boolean recognises(byte[] content) {
        return content.length >= 3
                && (content[0] & 0xFF) == 0xFF
                && (content[1] & 0xFF) == 0xD8
                && (content[2] & 0xFF) == 0xFF;
    }

    @Override
    public RawData decode(byte[] content) throws BadInputException {
        return reader.read(content);
    }
}
