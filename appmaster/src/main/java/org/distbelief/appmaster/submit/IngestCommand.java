package org.distbelief.appmaster.submit;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.distbelief.appmaster.submit.console.PhaseLine;
import org.distbelief.conf.ExitStatus;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.ingest.BadLimit;
import org.distbelief.ingest.Codec;
import org.distbelief.ingest.ImageOptions;
import org.distbelief.ingest.IngestException;
import org.distbelief.ingest.IngestOptions;
import org.distbelief.ingest.IngestReport;
import org.distbelief.ingest.LabelOptions;
import org.distbelief.ingest.LabelUnits;
import org.distbelief.ingest.OutputOptions;
import org.distbelief.ingest.SpeechOptions;
import org.distbelief.ingest.SplitPolicy;
import org.distbelief.ingest.job.Ingest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ingest}: raw recordings or images to a data set, by MapReduce. */
@Command(
        name = "ingest",
        description = "Makes a data set of raw WAV recordings or JPEG/PNG images, with a MapReduce job.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class IngestCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--input",
            paramLabel = "PATH",
            required = true,
            split = ",",
            description = "directory, .tar, .tar.gz or file, on the cluster or local (file:...); may be repeated")
    private List<String> inputs = List.of();

    @Option(names = "--output", paramLabel = "PATH", required = true, description = "the data set's directory")
    private String output = "";

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "the data set's name (default: the output's last part)")
    private String name = "";

    @Option(names = "--kind", paramLabel = "KIND", description = "speech or images (default: what the input holds)")
    private String kind = "";

    @Option(
            names = "--splits",
            paramLabel = "SPLIT=SHARE,...",
            description = "splits and their shares (default: train=0.9,test=0.1)")
    private String splits = "";

    @Option(
            names = "--splits-by-folder",
            paramLabel = "SPLIT,...",
            description = "splits by the folder of that name in which a file lies")
    private String splitsByFolder = "";

    @Option(
            names = "--max-bad",
            paramLabel = "SHARE",
            description = "fails when more of the input is bad (default: ${DEFAULT-VALUE})")
    private String maxBad = "1%";

    @Option(names = "--seed", paramLabel = "N", description = "seeds order and splits (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(
            names = "--label-pattern",
            paramLabel = "REGEX",
            description = "speech: takes the label from the file name, by the group (?<label>...)")
    private String labelPattern = "";

    @Option(
            names = "--label-extension",
            paramLabel = "EXT,...",
            split = ",",
            description = "speech: extensions of label files (default: lab,phn,txt)")
    private List<String> labelExtensions = List.of();

    @Option(
            names = "--label-units",
            paramLabel = "UNITS",
            description = "speech: seconds or samples in label files (default: ${DEFAULT-VALUE})")
    private String labelUnits = "seconds";

    @Option(
            names = "--states-per-label",
            paramLabel = "K",
            description = "speech: cuts each labelled segment into K states (default: ${DEFAULT-VALUE})")
    private int states = 1;

    @Option(
            names = "--sample-rate",
            paramLabel = "HZ",
            description = "speech: recordings of other rates are resampled (default: the first recording's rate)")
    private int sampleRate = 0;

    @Option(
            names = "--window",
            paramLabel = "SECONDS",
            description = "speech: length of a window (default: ${DEFAULT-VALUE})")
    private double window = SpeechOptions.defaults().windowSeconds();

    @Option(
            names = "--hop",
            paramLabel = "SECONDS",
            description = "speech: from window to window (default: ${DEFAULT-VALUE})")
    private double hop = SpeechOptions.defaults().hopSeconds();

    @Option(names = "--bands", paramLabel = "N", description = "speech: mel bands (default: ${DEFAULT-VALUE})")
    private int bands = SpeechOptions.defaults().bands();

    @Option(
            names = "--low-hz",
            paramLabel = "HZ",
            description = "speech: lower edge of the lowest band (default: ${DEFAULT-VALUE})")
    private double lowHz = SpeechOptions.defaults().lowHz();

    @Option(
            names = "--high-hz",
            paramLabel = "HZ",
            description = "speech: upper edge of the highest band (default: half the sample rate)")
    private double highHz = 0;

    @Option(
            names = "--pre-emphasis",
            paramLabel = "X",
            description = "speech: pre-emphasis, 0 for none (default: ${DEFAULT-VALUE})")
    private double preEmphasis = SpeechOptions.defaults().preEmphasis();

    @Option(
            names = "--fft-size",
            paramLabel = "N",
            description = "speech: points of the Fourier transform (default: the power of two that holds a window)")
    private int fftSize = 0;

    @Option(names = "--size", paramLabel = "WxH", description = "images: stored size (default: ${DEFAULT-VALUE})")
    private String size = "32x32";

    @Option(
            names = "--codec",
            paramLabel = "CODEC",
            description = "null, snappy or deflate (default: ${DEFAULT-VALUE})")
    private String codec = "snappy";

    @Option(names = "--reducers", paramLabel = "N", description = "reducers (default: by the input's size)")
    private int reducers = 0;

    @Option(
            names = "--files-per-split",
            paramLabel = "N",
            description = "files that a split is spread over (default: ${DEFAULT-VALUE})")
    private int filesPerSplit = OutputOptions.defaults().filesPerSplit();

    @Option(
            names = "--max-file-bytes",
            paramLabel = "N",
            description = "begins another file at this size (default: ${DEFAULT-VALUE})")
    private long maxFileBytes = OutputOptions.defaults().maxFileBytes();

    @Option(
            names = "--portion-examples",
            paramLabel = "N",
            description = "examples of a portion (default: 2000 frames or 1000 images)")
    private long portionExamples = 0;

    IngestCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, IngestException {
        new ClusterProbe(session.conf()).check();
        run(session, options());
        return ExitStatus.SUCCESS;
    }

    /** Runs an ingest and shows it on the console. */
    static IngestReport run(Session session, IngestOptions options)
            throws IOException, InterruptedException, IngestException {
        IngestReport report;
        try (PhaseLine line = new PhaseLine(session.out(), session.terminal(), session.columns())) {
            report = new Ingest().run(session.conf(), options, line::update);
        }
        DatasetManifest manifest = report.manifest();
        session.out()
                .println(String.format(
                        Locale.ROOT,
                        "Data set %s: %,d read, %,d bad, %,d ignored; %d classes",
                        report.output(),
                        report.read(),
                        report.bad(),
                        report.ignored(),
                        manifest.classCount()));
        manifest.splits()
                .forEach((split, s) -> session.out()
                        .println(String.format(
                                Locale.ROOT,
                                "  %-8s %,d examples of %,d %s in %d portions, %d files",
                                split,
                                s.examples(),
                                s.groups(),
                                manifest.kind() == DatasetKind.SPEECH ? "utterances" : "images",
                                s.portions().size(),
                                s.files().size())));
        for (Map.Entry<String, Long> reason : report.badByReason().entrySet()) {
            session.out().println(String.format(Locale.ROOT, "  bad: %,d %s", reason.getValue(), reason.getKey()));
        }
        if (report.bad() + report.ignored() > 0) {
            session.out().println("  listed in " + report.output() + "/" + IngestReport.BAD_INPUT_FILE);
        }
        return report;
    }

    private IngestOptions options() {
        try {
            LabelOptions labels = LabelOptions.defaults()
                    .withStatesPerLabel(states)
                    .withUnits(choice(LabelUnits.class, "--label-units", labelUnits));
            if (!labelPattern.isEmpty()) {
                labels = labels.withPattern(labelPattern);
            }
            if (!labelExtensions.isEmpty()) {
                labels = labels.withExtensions(labelExtensions);
            }
            SplitPolicy policy = SplitPolicy.defaults();
            if (!splits.isEmpty() && !splitsByFolder.isEmpty()) {
                throw CommandException.user("--splits and --splits-by-folder exclude each other");
            } else if (!splits.isEmpty()) {
                policy = SplitPolicy.byShare(splits);
            } else if (!splitsByFolder.isEmpty()) {
                policy = SplitPolicy.byFolder(splitsByFolder);
            }
            IngestOptions.Builder builder = IngestOptions.builder(inputs, output)
                    .speech(new SpeechOptions(sampleRate, window, hop, bands, lowHz, highHz, preEmphasis, fftSize))
                    .labels(labels)
                    .images(ImageOptions.ofSize(size))
                    .splits(policy)
                    .layout(new OutputOptions(
                            reducers,
                            filesPerSplit,
                            maxFileBytes,
                            portionExamples,
                            choice(Codec.class, "--codec", codec)))
                    .seed(seed)
                    .maxBad(BadLimit.parse(maxBad))
                    .jobJar(session.jobJar().toString());
            if (!name.isEmpty()) {
                builder.name(name);
            }
            if (!kind.isEmpty()) {
                builder.kind(choice(DatasetKind.class, "--kind", kind));
            }
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw CommandException.user(e);
        }
    }

    private static <E extends Enum<E>> E choice(Class<E> type, String option, String text) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        throw CommandException.user(option + ": expected one of "
                + java.util.Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT) + ", found '" + text
                + "'");
    }
}
