package org.distbelief.ingest.speech;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.distbelief.ingest.LabelUnits;
import org.distbelief.ingest.raw.BadInputException;
import org.distbelief.ingest.raw.BadReason;
import org.distbelief.ingest.raw.RawFile;

/**
 * Reads time-aligned label files: one {@code start end label} per line, parted by blanks; blank lines and lines that
 * begin with {@code #} or {@code ;} say nothing. Segments come in the order of time and do not overlap; gaps are
 * allowed.
 */
final class LabelFileParser {
    private final LabelUnits units;

    LabelFileParser(LabelUnits units) {
        this.units = units;
    }

    /**
     * The segments.
     *
     * @param sampleRate of the recording, which sample counts refer to
     * @throws BadInputException naming file and line
     */
    List<Segment> parse(RawFile file, int sampleRate) throws BadInputException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(file.content()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadInputException(BadReason.BAD_LABELS, file.name() + ": expected text in UTF-8", e);
        }
        List<Segment> segments = new ArrayList<>();
        double previousEnd = 0;
        int number = 0;
        for (String raw : text.split("\n", -1)) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) {
                continue;
            }
            String[] fields = line.split("\\s+", 3);
            if (fields.length < 3) {
                throw bad(file, number, "expected 'start end label', found '" + shortened(line) + "'");
            }
            double start = time(file, number, fields[0], sampleRate);
            double end = time(file, number, fields[1], sampleRate);
            if (end <= start) {
                throw bad(file, number, "expected an end after the start, found " + fields[0] + " " + fields[1]);
            }
            if (start < previousEnd) {
                throw bad(file, number, "expected a start not before the end of the segment above, found " + fields[0]);
            }
            previousEnd = end;
            segments.add(new Segment(start, end, fields[2]));
        }
        if (segments.isEmpty()) {
            throw new BadInputException(BadReason.UNLABELLED, file.name() + " holds no segment");
        }
        return segments;
    }

    private double time(RawFile file, int line, String field, int sampleRate) throws BadInputException {
        double value;
        try {
            value = Double.parseDouble(field);
        } catch (NumberFormatException e) {
            throw bad(file, line, "expected a time in " + unitName() + ", found '" + shortened(field) + "'");
        }
        if (!(value >= 0 && value < 1e12)) {
            throw bad(file, line, "expected a time of 0 or more, found " + shortened(field));
        }
        return units == LabelUnits.SAMPLES ? value / sampleRate : value;
    }

    private String unitName() {
        return units == LabelUnits.SAMPLES ? "samples" : "seconds";
    }

    private static BadInputException bad(RawFile file, int line, String detail) {
        return new BadInputException(BadReason.BAD_LABELS, file.name() + ", line " + line + ": " + detail);
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }
}
