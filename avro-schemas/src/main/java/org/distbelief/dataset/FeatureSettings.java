package org.distbelief.dataset;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** How the features of a data set were made from raw data; everything needed to make the same features again. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = SpeechSettings.class, name = "SPEECH"),
    @JsonSubTypes.Type(value = ImageSettings.class, name = "IMAGES")
})
public sealed interface FeatureSettings permits SpeechSettings, ImageSettings {
    /** What an example of the data set is. */
    DatasetKind kind();

    /** Numbers per frame (speech) or per image. */
    int featureDimension();

    /** Length of the manifest's mean and variance: bands (speech) or channels (images). */
    int statisticsDimension();
}
