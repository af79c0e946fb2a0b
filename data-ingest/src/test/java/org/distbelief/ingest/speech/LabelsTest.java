package org.distbelief.ingest.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.distbelief.dataset.SpeechSettings;
import org.distbelief.dataset.avro.Utterance;
import org.distbelief.ingest.LabelOptions;
import org.distbelief.ingest.LabelUnits;
import org.distbelief.ingest.SpeechOptions;
import org.distbelief.ingest.raw.BadInputException;
import org.distbelief.ingest.raw.BadReason;
import org.distbelief.ingest.raw.RawFile;
import org.distbelief.ingest.raw.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelsTest {
    private static final SpeechSettings SETTINGS = SpeechOptions.defaults().resolve(8000);

    @Test
    void linesGiveSegmentsInSeconds() throws Exception {
        assertThat(parse(LabelUnits.SECONDS, "# comment\n\n0 0.5 sil\r\n ; other\n0.5\t1e0   two words \n"))
                .containsExactly(new Segment(0, 0.5, "sil"), new Segment(0.5, 1, "two words"));
    }

    @Test
    void samplesAreThoseOfTheRecording() throws Exception {
        assertThat(parse(LabelUnits.SAMPLES, "0 4000 a\n6000 8000 b"))
                .containsExactly(new Segment(0, 0.5, "a"), new Segment(0.75, 1, "b"));
    }

    @ParameterizedTest
    @CsvSource({
        "0 1, expected 'start end label'",
        "x 1 a, expected a time in seconds",
        "-1 1 a, expected a time of 0 or more",
        "NaN 1 a, expected a time of 0 or more",
        "1 1 a, expected an end after the start",
        "0.4 1 a, expected a start not before the end"
    })
    void aMalformedLineIsNamedByItsNumber(String line, String message) {
        BadInputException e = catchThrowableOfType(
                BadInputException.class, () -> parse(LabelUnits.SECONDS, "0 0.5 sil\n\n" + line + "\n"));

        assertThat(e.reason()).isEqualTo(BadReason.BAD_LABELS);
        assertThat(e.detail()).startsWith("a.lab, line 3: ").contains(message);
    }

    @Test
    void aFileWithoutSegmentsOrTextIsRefused() {
        assertThat(catchThrowableOfType(BadInputException.class, () -> parse(LabelUnits.SECONDS, "#\n"))
                        .reason())
                .isEqualTo(BadReason.UNLABELLED);
        RawFile binary = new RawFile("a.lab", new byte[] {(byte) 0xFF, (byte) 0xFE});
        assertThat(catchThrowableOfType(
                                BadInputException.class,
                                () -> new LabelFileParser(LabelUnits.SECONDS).parse(binary, 8000))
                        .detail())
                .contains("UTF-8");
    }

    @Test
    void aWholeUtteranceIsCutEvenlyIntoStates() {
        assertThat(FrameLabels.whole("x", 10, 4).perFrame()).containsExactly(0, 0, 0, 1, 1, 2, 2, 2, 3, 3);
        assertThat(FrameLabels.whole("x", 2, 8).perFrame()).containsExactly(0, 4);
        assertThat(FrameLabels.whole("x", 1, 8).perFrame()).containsExactly(0);
    }

    @Test
    void framesBelongToTheSegmentAtTheirCentre() {
        // Centres at 12.5 ms + 10 ms t.
        List<Segment> segments =
                List.of(new Segment(0.0125, 0.0325, "a"), new Segment(0.05, 0.08, "b"), new Segment(0.08, 9, "a"));

        FrameLabels labels = FrameLabels.aligned(segments, 9, 1, SETTINGS);

        assertThat(labels.names()).containsExactly("a", "b");
        assertThat(labels.perFrame()).containsExactly(0, 0, -1, -1, 1, 1, 1, 0, 0);
    }

    @Test
    void everySegmentIsCutIntoStatesOfItsOwn() {
        List<Segment> segments = List.of(new Segment(0, 0.0425, "a"), new Segment(0.0425, 0.0825, "b"));

        FrameLabels labels = FrameLabels.aligned(segments, 7, 2, SETTINGS);

        assertThat(labels.perFrame()).containsExactly(0, 1, 1, 2, 2, 3, 3);
    }

    @Test
    void anUtteranceIsMadeFromThePatternInItsName() throws Exception {
        LabelOptions options =
                LabelOptions.defaults().withPattern("^(?<label>[0-9])_").withStatesPerLabel(2);
        UtteranceMaker maker = new UtteranceMaker(SETTINGS, options);

        Utterance utterance = maker.make("train/7_x.wav", new Recording(8000, new float[440]), null);

        assertThat(utterance.getFrameCount()).isEqualTo(4);
        assertThat(utterance.getLabelNames()).containsExactly("7");
        assertThat(labels(utterance)).containsExactly(0, 0, 1, 1);
        assertThat(utterance.getFeatures().remaining()).isEqualTo(4 * 4 * 40);
        BadInputException e = catchThrowableOfType(
                BadInputException.class, () -> maker.make("7_/x_7.wav", new Recording(8000, new float[440]), null));
        assertThat(e.reason()).isEqualTo(BadReason.UNLABELLED);
        assertThat(e.detail()).contains("found 'x_7.wav'");
    }

    @Test
    void otherRatesAreBroughtToThatOfTheDataSet() throws Exception {
        UtteranceMaker maker =
                new UtteranceMaker(SETTINGS, LabelOptions.defaults().withUnits(LabelUnits.SAMPLES));

        // At 16 kHz, 880 samples are the same 55 ms as 440 samples at 8 kHz; sample counts are those of the file.
        Utterance utterance = maker.make("a.wav", new Recording(16000, new float[880]), label("0 440 a\n440 880 b"));

        assertThat(labels(utterance)).containsExactly(0, 0, 1, 1);
    }

    @Test
    void anUtteranceWithoutLabelsIsRefused() {
        UtteranceMaker maker = new UtteranceMaker(SETTINGS, LabelOptions.defaults());
        Recording recording = new Recording(8000, new float[440]);

        assertThat(catchThrowableOfType(BadInputException.class, () -> maker.make("a.wav", recording, null))
                        .detail())
                .contains("[lab, phn, txt]");
        assertThat(catchThrowableOfType(
                                BadInputException.class, () -> maker.make("a.wav", recording, label("5 6 late")))
                        .detail())
                .contains("none of the 4 frames");
    }

    private static List<Integer> labels(Utterance utterance) {
        ByteBuffer bytes = utterance.getLabels().order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> labels = new ArrayList<>();
        while (bytes.hasRemaining()) {
            labels.add(bytes.getInt());
        }
        return labels;
    }

    private static List<Segment> parse(LabelUnits units, String text) throws BadInputException {
        return new LabelFileParser(units).parse(label(text), 8000);
    }

    private static RawFile label(String text) {
        return new RawFile("a.lab", text.getBytes(StandardCharsets.UTF_8));
    }
}
