package org.distbelief.appmaster.submit;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.distbelief.appmaster.submit.console.PlanText;
import org.distbelief.conf.ExitStatus;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.JobFile;
import org.distbelief.conf.Optimiser;
import org.distbelief.container.plan.PlanReport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plan}: shows how a job's model would be split, and what that costs. */
@Command(
        name = "plan",
        description =
                "Shows how a job's model replicas are split over containers: work, memory, traffic. Runs nothing.",
        mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "JOB.yaml", description = "the job file")
    private Path file = Path.of("");

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "replaces a value of the job file, as in --set downpour.miniBatch=32")
    private List<String> settings = List.of();

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "tries another number of partitions; short for --set replicas.partitions=N")
    private @Nullable Integer partitions;

    @Option(names = "--json", paramLabel = "FILE", description = "also write all figures to a file")
    private @Nullable Path json;

    PlanCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        List<String> all = new ArrayList<>(settings);
        if (partitions != null) {
            all.add("replicas.partitions=" + partitions);
        }
        JobFile job = JobFile.read(file.toString(), Session.readText(file, "job file"), all);
        new ClusterProbe(session.conf())
                .checkStorage(new org.apache.hadoop.fs.Path(job.config().data().path()));
        Preflight.Planned planned = new Preflight(session.conf()).plan(job);
        PlanReport report = PlanReport.of(
                planned.needs().plan(),
                planned.needs().partitions(),
                planned.shards().shards());
        String shortage = planned.needs().shortage().orElse(null);
        session.out().print(PlanText.of(job.config(), report, shortage, planned.notes(), session.columns()));
        Path target = json;
        if (target != null) {
            write(target, job.config(), report, shortage, planned.notes());
            session.out().println("Figures     " + target);
        }
        return ExitStatus.SUCCESS;
    }

    private static void write(
            Path target, JobConfig job, PlanReport report, @Nullable String shortage, List<String> notes)
            throws IOException {
        JsonMapper mapper = JsonMapper.builder().build();
        ObjectNode root = mapper.createObjectNode();
        root.put("job", job.name());
        root.put(
                "miniBatch",
                job.optimiser() == Optimiser.SANDBLASTER
                        ? job.sandblaster().miniBatch()
                        : job.downpour().miniBatch());
        root.set("replicas", mapper.valueToTree(job.replicas()));
        root.set("shards", mapper.valueToTree(job.shards()));
        root.put("shardProcesses", job.shards().count() * job.shards().replication());
        if (job.optimiser() == Optimiser.SANDBLASTER) {
            root.set("coordinators", mapper.valueToTree(job.coordinators()));
        }
        root.put("shortage", shortage);
        root.set("notes", mapper.valueToTree(notes));
        root.set("plan", mapper.valueToTree(report));
        Files.writeString(target, mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    }
}
