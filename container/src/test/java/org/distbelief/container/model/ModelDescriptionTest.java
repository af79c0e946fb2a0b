package org.distbelief.container.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.distbelief.conf.JobFile;
import org.distbelief.conf.JobFileException;
import org.distbelief.container.SyntheticSpeech;
import org.distbelief.container.TestJobs;
import org.distbelief.container.layer.Shape;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.ImageSettings;
import org.distbelief.dataset.Split;
import org.junit.jupiter.api.Test;

class ModelDescriptionTest {
    private final SyntheticSpeech data = new SyntheticSpeech(5, 3, 1);

    private ModelDescription description(String... settings) {
        JobFile job = TestJobs.job(
                "softmaxCrossEntropy",
                List.of("fullyConnected: {units: 7, activation: relu}", "fullyConnected: {units: classes}"),
                List.of(settings));
        return ModelDescription.of(job, data.manifest());
    }

    @Test
    void survivesJson() {
        ModelDescription description = description("data.context=2", "downpour.nPush=4");

        ModelDescription read = ModelDescription.fromJson("model.json", description.toJson());

        assertThat(read).isEqualTo(description);
        assertThat(read.jobFile().config().downpour().nPush()).isEqualTo(4);
        assertThat(read.model().layout()).isEqualTo(description.layout());
        assertThat(read.model().input()).isEqualTo(new Shape(5, SyntheticSpeech.BANDS, 1));
        assertThat(read.model().classes()).isEqualTo(10);
    }

    @Test
    void refusesWhatItCannotRead() {
        String json = description().toJson();

        assertThatThrownBy(() -> ModelDescription.fromJson("m.json", "{}"))
                .hasMessageContaining("m.json: expected a model description of schemaVersion 1, found none");
        assertThatThrownBy(() -> ModelDescription.fromJson(
                        "m.json", json.replace("\"schemaVersion\" : 1", "\"schemaVersion\" : 2")))
                .hasMessageContaining("found 2");
        assertThatThrownBy(() -> ModelDescription.fromJson("m.json", json.substring(0, json.length() / 2)))
                .hasMessageContaining("m.json: expected a model description, found:");
    }

    @Test
    void refusesALayoutThatTheJobFileDoesNotGive() {
        ModelDescription description = description();
        ModelDescription other = new ModelDescription(
                ModelDescription.SCHEMA_VERSION,
                description.job().replace("'7'", "8").replace("units: 7", "units: 8"),
                description.labels(),
                description.statesPerLabel(),
                description.settings(),
                description.context(),
                description.mean(),
                description.variance(),
                description.layout());

        assertThatThrownBy(other::model)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another layout");
    }

    @Test
    void onlyImagesAreMirroredOrShifted() {
        assertThatThrownBy(() -> description("data.augment.mirror=true"))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("--set data.augment.mirror: data.augment: expected a data set of images")
                .hasMessageContaining(
                        "found speech in the data set '" + data.manifest().name() + "'")
                .hasMessageContaining("leave out data.augment");
        assertThatThrownBy(() -> description("data.augment={shift: 2}")).hasMessageContaining("found speech");
        assertThat(description("data.augment={mirror: false, shift: 0}").kind()).isEqualTo(DatasetKind.SPEECH);
    }

    @Test
    void imagesAreShiftedByLessThanTheirSides() {
        assertThatThrownBy(() -> ofImages("data.augment={mirror: true, shift: 6}"))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("--set data.augment: data.augment: expected a shift smaller than the sides")
                .hasMessageContaining(
                        "which are 8x6 pixels in the data set 'pictures', found 6; choose one from 0 to 5");
        ModelDescription description = ofImages("data.augment={mirror: true, shift: 5}");
        assertThat(ModelDescription.fromJson("model.json", description.toJson())
                        .jobFile()
                        .config()
                        .data()
                        .augment()
                        .shift())
                .isEqualTo(5);
    }

    @Test
    void sandblasterNeedsALossWithoutKinks() {
        assertThatThrownBy(() -> description("optimiser=sandblaster", "model.layers.1.fullyConnected.l1=0.01"))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("model.layers")
                .hasMessageContaining("expected no l1 with optimiser: sandblaster")
                .hasMessageContaining("found l1: 0.01; leave it out or use l2");
        assertThat(description("optimiser=sandblaster", "model.layers.1.fullyConnected.l2=0.01")
                        .labels())
                .isNotEmpty();
        assertThat(description("model.layers.1.fullyConnected.l1=0.01").labels())
                .isNotEmpty();
    }

    private static ModelDescription ofImages(String... settings) {
        DatasetManifest images = new DatasetManifest(
                DatasetManifest.SCHEMA_VERSION,
                "pictures",
                "tests",
                1,
                new ImageSettings(8, 6, 3),
                List.of("cat", "dog"),
                1,
                "train",
                List.of(0.0, 0.0, 0.0),
                List.of(1.0, 1.0, 1.0),
                Map.of("train", new Split(0, 0, 0, List.of(), List.of())));
        return ModelDescription.of(
                TestJobs.job("softmaxCrossEntropy", List.of("fullyConnected: {units: classes}"), List.of(settings)),
                images);
    }
}
