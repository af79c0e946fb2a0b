package org.distbelief.appmaster.submit;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.protocolrecords.GetNewApplicationResponse;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.client.api.YarnClientApplication;
import org.apache.hadoop.yarn.client.util.YarnClientUtils;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.distbelief.appmaster.hdfs.Staging;
import org.distbelief.appmaster.launch.JavaCommand;
import org.distbelief.appmaster.launch.JvmMemory;
import org.distbelief.appmaster.yarn.ApplicationMaster;
import org.distbelief.appmaster.yarn.ExtraFiles;
import org.distbelief.appmaster.yarn.LaunchContexts;
import org.distbelief.conf.ContainerConfig;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.Optimiser;
import org.distbelief.conf.SecurityConfig;
import org.distbelief.paramserver.process.JobKeys;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.SelfSigned;

/** Hands a job to YARN. */
final class Submitter {
    /** Files of the staging directory that the ApplicationMaster gets. */
    private static final List<String> MASTER_FILES =
            List.of(Staging.JAR, Staging.JOB, Staging.MODEL, Staging.WORK, Staging.LOGGING);

    private static final String TYPE = "DISTBELIEF";

    private final Configuration conf;
    private final YarnClient yarn;
    private final Path jar;

    /** @param jar the job jar on the local disk */
    Submitter(Configuration conf, YarnClient yarn, Path jar) {
        this.conf = conf;
        this.yarn = yarn;
        this.jar = jar;
    }

    /** Uploads the job's files and submits it; the staging directory is removed again if that fails. */
    ApplicationId submit(Submission submission) throws IOException, YarnException {
        YarnClientApplication application = yarn.createApplication();
        checkLimits(submission.job().config(), application.getNewApplicationResponse());
        ApplicationSubmissionContext context = application.getApplicationSubmissionContext();
        Staging staging = Staging.of(conf, context.getApplicationId().toString());
        boolean submitted = false;
        try {
            upload(staging, submission);
            describe(context, submission, staging);
            yarn.submitApplication(context);
            submitted = true;
            return context.getApplicationId();
        } finally {
            if (!submitted) {
                staging.delete();
            }
        }
    }

    private void upload(Staging staging, Submission submission) throws IOException {
        staging.create();
        staging.upload(jar, Staging.JAR);
        staging.write(Staging.JOB, submission.job().yaml());
        staging.write(Staging.MODEL, submission.model());
        staging.write(Staging.WORK, new ObjectMapper().writeValueAsString(submission.work()));
        String plan = submission.shardPlan();
        if (plan != null) {
            staging.write(Staging.SHARDS, plan);
        }
        List<String> extra = new ArrayList<>();
        Set<String> names = new HashSet<>(Staging.names());
        for (org.apache.hadoop.fs.Path file : GenericOptions.files(conf)) {
            if (!names.add(Staging.nameOf(file))) {
                throw CommandException.user("-files: the name '" + Staging.nameOf(file)
                        + "' is given twice or is one that the job uses itself; rename it with path#name");
            }
            extra.add(staging.copy(file).toString());
        }
        conf.setStrings(ExtraFiles.KEY, extra.toArray(String[]::new));
        for (String site : Staging.SITE_FILES) {
            staging.write(site, conf);
        }
        try (InputStream logging = Submitter.class.getResourceAsStream("container-log4j.properties")) {
            if (logging == null) {
                throw new IOException("container-log4j.properties is missing in the job jar");
            }
            staging.write(Staging.LOGGING, new String(logging.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private void describe(ApplicationSubmissionContext context, Submission submission, Staging staging)
            throws IOException, YarnException {
        JobConfig job = submission.job().config();
        int memory = job.master().memoryMib();
        JavaCommand command = new JavaCommand(
                ApplicationMaster.class.getName(), JvmMemory.mostlyHeap(memory), JavaCommand.Compiler.USUAL, List.of());
        List<String> names = new ArrayList<>(MASTER_FILES);
        if (submission.shardPlan() != null) {
            names.add(Staging.SHARDS);
        }
        LaunchContexts contexts = new LaunchContexts(conf, staging, names, ExtraFiles.of(conf));
        context.setApplicationName(job.name());
        context.setApplicationType(TYPE);
        context.setApplicationTags(Set.copyOf(job.cluster().tags()));
        context.setQueue(job.cluster().queue());
        context.setPriority(Priority.newInstance(job.cluster().priority()));
        job.cluster().nodeLabel().ifPresent(context::setNodeLabelExpression);
        context.setResource(Resource.newInstance(memory, job.master().vcores()));
        context.setMaxAppAttempts(2);
        context.setAMContainerSpec(contexts.context(command, 1, credentials(keys(job.security()))));
    }

    /** A fresh secret, and a certificate where one is needed; this process forgets them. */
    private static JobKeys keys(SecurityConfig config) {
        SecureRandom random = new SecureRandom();
        JobSecret secret = JobSecret.random(random);
        return new JobKeys(
                secret, config.encrypt() ? Optional.of(new SelfSigned(random).certificate(secret)) : Optional.empty());
    }

    /** The submitting user's tokens, one for the file system where the cluster is secured, and the job's own keys. */
    private Credentials credentials(JobKeys keys) throws IOException, YarnException {
        Credentials credentials =
                new Credentials(UserGroupInformation.getCurrentUser().getCredentials());
        if (UserGroupInformation.isSecurityEnabled()) {
            FileSystem.get(conf).addDelegationTokens(YarnClientUtils.getRmPrincipal(conf), credentials);
        }
        keys.addTo(credentials);
        return credentials;
    }

    private static void checkLimits(JobConfig job, GetNewApplicationResponse limits) {
        Resource most = limits.getMaximumResourceCapability();
        checkLimit("master", job.master(), most);
        checkLimit("shards", job.shards(), most);
        checkLimit("replicas", job.replicas(), most);
        if (job.optimiser() == Optimiser.SANDBLASTER) {
            checkLimit("coordinators", job.coordinators(), most);
        }
    }

    private static void checkLimit(String role, ContainerConfig asked, Resource most) {
        if (asked.memoryMib() > most.getMemorySize()) {
            throw CommandException.user(role + ".memory: " + asked.memoryMib()
                    + " MiB are asked for, but the cluster gives a container at most " + most.getMemorySize()
                    + " MiB (yarn.scheduler.maximum-allocation-mb)");
        }
        if (asked.vcores() > most.getVirtualCores()) {
            throw CommandException.user(role + ".vcores: " + asked.vcores()
                    + " are asked for, but the cluster gives a container at most " + most.getVirtualCores()
                    + " (yarn.scheduler.maximum-allocation-vcores)");
        }
    }
}
