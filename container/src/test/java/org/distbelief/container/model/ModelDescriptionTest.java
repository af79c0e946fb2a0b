package org.distbelief.container.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.distbelief.conf.JobFile;
import org.distbelief.container.SyntheticSpeech;
import org.distbelief.container.TestJobs;
import org.distbelief.container.layer.Shape;
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
}
