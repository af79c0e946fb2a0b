package org.distbelief.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.distbelief.dataset.SpeechSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
    @Test
    void splitsAreWrittenAsShares() {
        SplitPolicy policy = SplitPolicy.byShare("train=0.8, dev=0.1, test=0.1");

        assertThat(policy.names()).containsExactly("train", "dev", "test");
        assertThat(policy.statisticsSplit()).isEqualTo("train");
        assertThat(SplitPolicy.byFolder("a,b").statisticsSplit()).isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "train",
                "train=",
                "train=x",
                "train=0.5,test=0.4",
                "a=0.5,a=0.5",
                "a/b=1",
                "",
                "a=1.5,b=-0.5",
                "a=NaN"
            })
    void impossibleSharesAreRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SplitPolicy.byShare(text))
                .withMessageStartingWith("splits: expected");
    }

    @Test
    void theLimitOfBadInputIsAFractionOrAPercentage() {
        assertThat(BadLimit.parse("0.01")).isEqualTo(BadLimit.parse("1%"));
        assertThat(BadLimit.parse("0").exceededBy(1, 1000)).isTrue();
        assertThat(BadLimit.parse("1%").exceededBy(10, 1000)).isFalse();
        assertThat(BadLimit.parse("1%").exceededBy(11, 1000)).isTrue();
        for (String text : List.of("2", "-1%", "x", "101%", "")) {
            assertThatThrownBy(() -> BadLimit.parse(text)).hasMessageStartingWith("largest share of bad input");
        }
    }

    @Test
    void aLabelPatternNeedsItsGroup() {
        assertThat(LabelOptions.defaults().withPattern("^(?<label>[0-9])_").pattern())
                .isNotNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LabelOptions.defaults().withPattern("^([0-9])_"))
                .withMessageContaining("a group named label");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LabelOptions.defaults().withPattern("(?<label>["))
                .withMessageStartingWith("label pattern:");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LabelOptions.defaults().withStatesPerLabel(0))
                .withMessageContaining("states per label");
    }

    @Test
    void imageSizesAreWrittenAsWidthTimesHeight() {
        assertThat(ImageOptions.ofSize("100x80").settings().featureDimension()).isEqualTo(24_000);
        for (String text : List.of("32", "0x3", "x", "99999x1", "-1x4")) {
            assertThatIllegalArgumentException().isThrownBy(() -> ImageOptions.ofSize(text));
        }
    }

    @Test
    void openSpeechSettingsFollowFromTheSampleRate() {
        SpeechSettings settings = SpeechOptions.defaults().resolve(8000);

        assertThat(settings.windowSamples()).isEqualTo(200);
        assertThat(settings.hopSamples()).isEqualTo(80);
        assertThat(settings.fftSize()).isEqualTo(256);
        assertThat(settings.highHz()).isEqualTo(4000);
        assertThat(SpeechOptions.defaults().resolve(16000).fftSize()).isEqualTo(512);
        assertThat(new SpeechOptions(0, 0.032, 0.01, 40, 64, 0, 0.97, 0)
                        .resolve(8000)
                        .fftSize())
                .isEqualTo(256);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SpeechOptions(0, 0.025, 0.01, 40, 64, 5000, 0.97, 0).resolve(8000))
                .withMessageContaining("half the sample rate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SpeechOptions(0, 0.025, 0.01, 40, 64, 0, 0.97, 128).resolve(8000))
                .withMessageContaining("FFT size");
    }

    @Test
    void theNameIsTheLastPartOfTheOutput() {
        assertThat(IngestOptions.builder(List.of("in"), "hdfs://host/data/digits/")
                        .build()
                        .name())
                .isEqualTo("digits");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IngestOptions.builder(List.of(), "out").build());
    }

    @Test
    void codecsAreKnownByName() {
        assertThat(Codec.parse("Snappy")).isEqualTo(Codec.SNAPPY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codec.parse("zip"))
                .withMessageContaining("null, snappy or deflate, found 'zip'");
    }
}
