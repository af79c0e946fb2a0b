package org.distbelief.container.model;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Locale;
import org.distbelief.conf.AugmentConfig;
import org.distbelief.conf.JobFile;
import org.distbelief.conf.ModelConfig;
import org.distbelief.conf.Optimiser;
import org.distbelief.container.layer.Shape;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.FeatureSettings;
import org.distbelief.dataset.ImageSettings;
import org.distbelief.paramserver.ParameterLayout;

/**
 * Everything needed to build a model again and to give it new data: the file {@value #FILE_NAME} beside a trained
 * model's parameters and in the working directory of every replica.
 *
 * <p>Class ids are {@code index of the label * statesPerLabel + state}.
 *
 * @param schemaVersion version of this file's form, {@value #SCHEMA_VERSION}
 * @param job the effective job file
 * @param labels all labels, in the order of their numbers
 * @param statesPerLabel states of each label; 1 for images
 * @param settings how features are made from raw data; says whether this is speech or images
 * @param context frames of context on either side; 0 for images
 * @param mean per band (speech) or channel (images), to be subtracted
 * @param variance likewise, to be divided by its root
 * @param layout where the parameters lie in the flat vector
 */
@JsonPropertyOrder({
    "schemaVersion",
    "job",
    "labels",
    "statesPerLabel",
    "settings",
    "context",
    "mean",
    "variance",
    "layout"
})
public record ModelDescription(
        int schemaVersion,
        String job,
        List<String> labels,
        int statesPerLabel,
        FeatureSettings settings,
        int context,
        List<Double> mean,
        List<Double> variance,
        ParameterLayout layout) {
    /** Name of the file. */
    public static final String FILE_NAME = "model.json";

    /** The only version of the form that this program reads and writes. */
    public static final int SCHEMA_VERSION = 1;

    /** Copies the lists and checks that they fit the features. */
    public ModelDescription {
        labels = List.copyOf(labels);
        mean = List.copyOf(mean);
        variance = List.copyOf(variance);
        int statistics = settings.statisticsDimension();
        if (mean.size() != statistics || variance.size() != statistics) {
            throw new IllegalArgumentException("expected " + statistics + " means and variances, found " + mean.size()
                    + " and " + variance.size());
        }
        if (labels.isEmpty() || statesPerLabel < 1 || context < 0) {
            throw new IllegalArgumentException("expected at least 1 label and 1 state and no negative context, found "
                    + labels.size() + " labels, " + statesPerLabel + " states and a context of " + context);
        }
    }

    /**
     * Describes the model that a job trains on a data set.
     *
     * @throws org.distbelief.conf.JobFileException where the job's model cannot be built for this data, where its
     *     images cannot be changed as the job asks, or where the optimiser cannot train it
     */
    public static ModelDescription of(JobFile job, DatasetManifest data) {
        requireAugmentable(job.config().data().augment(), data);
        int context = data.kind() == DatasetKind.SPEECH ? job.config().data().context() : 0;
        Shape input = input(data.settings(), context);
        Model model = Model.of(job.config().model(), input, data.classCount());
        if (job.config().optimiser() == Optimiser.SANDBLASTER) {
            requireSmooth(job.config().model(), model);
        }
        return new ModelDescription(
                SCHEMA_VERSION,
                job.yaml(),
                data.labels(),
                data.statesPerLabel(),
                data.settings(),
                context,
                data.mean(),
                data.variance(),
                model.layout());
    }

    private static void requireSmooth(ModelConfig config, Model model) {
        for (int layer = 0; layer < model.layers().size(); layer++) {
            double l1 = model.layers().get(layer).blocks().stream()
                    .mapToDouble(block -> block.decay().l1())
                    .max()
                    .orElse(0);
            if (l1 > 0) {
                throw config.layers()
                        .get(layer)
                        .refused("expected no l1 with optimiser: sandblaster, since L-BFGS needs a loss without kinks,"
                                + " found l1: " + l1 + "; leave it out or use l2, or optimiser: downpour");
            }
        }
    }

    private static void requireAugmentable(AugmentConfig augment, DatasetManifest data) {
        if (!augment.on()) {
            return;
        }
        if (!(data.settings() instanceof ImageSettings image)) {
            throw augment.refused("expected a data set of images, which alone can be mirrored and shifted, found "
                    + data.kind().name().toLowerCase(Locale.ROOT) + " in the data set '" + data.name()
                    + "'; leave out data.augment");
        }
        int least = Math.min(image.width(), image.height());
        if (augment.shift() >= least) {
            throw augment.refused("expected a shift smaller than the sides of the images, which are " + image.width()
                    + "x" + image.height() + " pixels in the data set '" + data.name() + "', found " + augment.shift()
                    + "; choose one from 0 to " + (least - 1));
        }
    }

    /** The same model with other settings of its job, such as the split to score or the size of containers. */
    public ModelDescription with(JobFile settings) {
        return new ModelDescription(
                schemaVersion, settings.yaml(), labels, statesPerLabel, this.settings, context, mean, variance, layout);
    }

    /** The job file, parsed. */
    public JobFile jobFile() {
        return JobFile.read(FILE_NAME + ", job", job, List.of());
    }

    /**
     * Builds the model.
     *
     * @throws IllegalStateException where this program gives its parameters another layout than the one described
     */
    public Model model() {
        Model model = Model.of(jobFile().config().model(), inputShape(), classCount());
        if (!model.layout().equals(layout)) {
            throw new IllegalStateException(
                    FILE_NAME + ": the job file in it gives another layout of the parameters than the one in it; "
                            + "use the version of this program that wrote it");
        }
        return model;
    }

    /** What the model's examples are. */
    public DatasetKind kind() {
        return settings.kind();
    }

    /** Numbers per frame or image. */
    public int featureDimension() {
        return settings.featureDimension();
    }

    /** Number of classes: labels times states. */
    public int classCount() {
        return Math.multiplyExact(labels.size(), statesPerLabel);
    }

    /** Units of an example: frames x bands x 1 for speech, height x width x channels for images. */
    public Shape inputShape() {
        return input(settings, context);
    }

    private static Shape input(FeatureSettings settings, int context) {
        return settings instanceof ImageSettings image
                ? new Shape(image.height(), image.width(), image.channels())
                : new Shape(2 * context + 1, settings.featureDimension(), 1);
    }

    /** The description as JSON, indented for people; the same one always gives the same text. */
    public String toJson() {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
        try {
            return mapper().writer(printer).writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a description of numbers and text must have a JSON form", e);
        }
    }

    /**
     * Reads {@link #toJson} back.
     *
     * @param source where the text comes from, for messages
     * @throws IllegalArgumentException where this is no description, or one of another version
     */
    public static ModelDescription fromJson(String source, String json) {
        try {
            JsonNode root = mapper().readTree(json);
            JsonNode version = root.path("schemaVersion");
            if (version.asInt(-1) != SCHEMA_VERSION) {
                throw new IllegalArgumentException(source + ": expected a model description of schemaVersion "
                        + SCHEMA_VERSION + ", found " + (version.isMissingNode() ? "none" : version));
            }
            return mapper().treeToValue(root, ModelDescription.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    source + ": expected a model description, found: " + e.getOriginalMessage(), e);
        }
    }

    private static JsonMapper mapper() {
        return JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .build();
    }
}
