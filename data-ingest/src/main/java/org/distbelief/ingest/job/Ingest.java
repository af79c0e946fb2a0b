package org.distbelief.ingest.job;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.mapreduce.security.TokenCache;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.FeatureSettings;
import org.distbelief.ingest.IngestException;
import org.distbelief.ingest.IngestOptions;
import org.distbelief.ingest.IngestReport;
import org.distbelief.ingest.LabelOptions;
import org.distbelief.ingest.ProgressListener;
import org.distbelief.ingest.raw.DamagedArchiveException;
import org.distbelief.ingest.raw.RawFormats;

/**
 * Turns raw recordings or images into a data set, with one MapReduce job: find and stage the input, decode and make
 * features in mappers, shuffle by a seeded hash, write portions in reducers, then publish all of it by one rename.
 */
public final class Ingest {
    private static final long BYTES_PER_REDUCER = 256L << 20;
    private static final int MAX_CHOSEN_REDUCERS = 64;

    /**
     * Runs an ingest to its end.
     *
     * @param configuration of the cluster, with the user's own settings; not changed
     * @throws IngestException for whatever the user can mend; there is no output then
     * @throws IOException if the cluster fails; there is no output then
     * @throws InterruptedException if the thread is interrupted; the job is killed and there is no output
     */
    public IngestReport run(Configuration configuration, IngestOptions options, ProgressListener listener)
            throws IngestException, IOException, InterruptedException {
        Configuration own = new JobConf(configuration); // also brings in the cluster's mapred-site.xml
        new ResourceDefaults().apply(own);
        try (OutputPlace place = OutputPlace.claim(own, options.output())) {
            return run(own, options, place, listener);
        } catch (DamagedArchiveException e) {
            throw new IngestException("input: " + e.getMessage(), e);
        } catch (ConnectException | UnknownHostException e) {
            throw new IngestException("cannot reach the cluster: " + e.getMessage() + "; is it running?", e);
        }
    }

    private static IngestReport run(
            Configuration configuration, IngestOptions options, OutputPlace place, ProgressListener listener)
            throws IngestException, IOException, InterruptedException {
        listener.progress("reading input", 0);
        List<InputSource> sources = new InputResolver(configuration).resolve(options.inputs());
        RawFormats formats = RawFormats.load();
        InputProbe probe = new InputProbe(formats, options.maxRawBytes());
        DatasetKind kind = probe.kind(options, sources);
        FeatureSettings features = features(options, kind, probe, sources);
        InputStager.Staged staged = new InputStager(
                        configuration,
                        place.fileSystem(),
                        place.staging(),
                        IngestSettings.roles(kind, options.labels()),
                        options.maxRawBytes(),
                        listener)
                .stage(sources);
        if (staged.complete() && staged.rawFiles() == 0) {
            throw new IngestException(
                    InputProbe.empty(sources, formats.extensions(kind).toString()));
        }
        int reducers = options.layout().reducers() != 0
                ? options.layout().reducers()
                : (int) Math.min(MAX_CHOSEN_REDUCERS, 1 + staged.bytes() / BYTES_PER_REDUCER);
        IngestSettings settings = settings(options, features, reducers);
        Job job = job(configuration, options, settings, staged.plan(), place.data(), reducers);
        obtainTokens(job, sources);
        new JobMonitor(listener).run(job);
        listener.progress("publishing", 0);
        DatasetAssembler assembler = new DatasetAssembler(place.fileSystem(), place.data(), settings, reducers);
        BadInputReport report = assembler.readReport();
        List<PartSummary> summaries = assembler.readSummaries();
        long good = summaries.stream()
                .flatMap(s -> s.splits().stream())
                .mapToLong(PartSummary.SplitSummary::groups)
                .sum();
        if (good + report.bad() == 0) {
            throw new IngestException(
                    InputProbe.empty(sources, formats.extensions(kind).toString()));
        }
        report.requireWithin(
                options.maxBad(), good + report.bad(), kind == DatasetKind.SPEECH ? "recordings" : "images");
        DatasetManifest manifest = assembler.manifest(options.name(), summaries);
        assembler.complete(manifest, report);
        place.publish();
        listener.progress("publishing", 1);
        return new IngestReport(
                place.output().toString(),
                manifest,
                good + report.bad(),
                report.bad(),
                report.ignored(),
                report.byReason());
    }

    private static FeatureSettings features(
            IngestOptions options, DatasetKind kind, InputProbe probe, List<InputSource> sources)
            throws IngestException, IOException {
        if (kind == DatasetKind.IMAGES) {
            return options.images().settings();
        }
        int rate = probe.sampleRate(options, sources);
        try {
            return options.speech().resolve(rate);
        } catch (IllegalArgumentException e) {
            throw new IngestException("features at " + rate + " samples per second: " + e.getMessage(), e);
        }
    }

    private static IngestSettings settings(IngestOptions options, FeatureSettings features, int reducers) {
        LabelOptions labels = features.kind() == DatasetKind.SPEECH ? options.labels() : LabelOptions.defaults();
        return new IngestSettings(
                features,
                labels,
                options.splits(),
                options.seed(),
                options.images().imagesPerRecord(),
                options.layout().portionExamplesFor(features.kind()),
                options.layout().maxFileBytes(),
                (options.layout().filesPerSplit() + reducers - 1) / reducers,
                options.layout().codec(),
                options.maxRawBytes());
    }

    private static Job job(
            Configuration configuration,
            IngestOptions options,
            IngestSettings settings,
            Path plan,
            Path data,
            int reducers)
            throws IOException {
        settings.write(configuration);
        configuration.set(RawInputFormat.PLAN_KEY, plan.toString());
        Job job = Job.getInstance(configuration, "distbelief ingest " + options.name());
        if (options.jobJar() != null) {
            job.setJar(options.jobJar());
        } else {
            job.setJarByClass(Ingest.class);
        }
        job.setInputFormatClass(RawInputFormat.class);
        job.setMapperClass(IngestMapper.class);
        job.setMapOutputKeyClass(ShuffleKey.class);
        job.setMapOutputValueClass(ShuffleValue.class);
        job.setSortComparatorClass(ShuffleKey.RawOrder.class);
        job.setPartitionerClass(ShufflePartitioner.class);
        job.setReducerClass(IngestReducer.class);
        job.setOutputFormatClass(DatasetOutputFormat.class);
        job.setOutputKeyClass(NullWritable.class);
        job.setOutputValueClass(PartRecord.class);
        job.setNumReduceTasks(reducers);
        FileOutputFormat.setOutputPath(job, data);
        return job;
    }

    private static void obtainTokens(Job job, List<InputSource> sources) throws IOException {
        Path[] onCluster =
                sources.stream().filter(s -> !s.local()).map(InputSource::path).toArray(Path[]::new);
        TokenCache.obtainTokensForNamenodes(job.getCredentials(), onCluster, job.getConfiguration());
    }
}
