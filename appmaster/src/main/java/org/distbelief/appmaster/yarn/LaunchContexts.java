package org.distbelief.appmaster.yarn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.DataOutputBuffer;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.security.token.TokenIdentifier;
import org.apache.hadoop.yarn.api.ApplicationConstants;
import org.apache.hadoop.yarn.api.ApplicationConstants.Environment;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.api.records.LocalResourceType;
import org.apache.hadoop.yarn.api.records.LocalResourceVisibility;
import org.apache.hadoop.yarn.api.records.URL;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.distbelief.appmaster.hdfs.Staging;
import org.distbelief.appmaster.launch.JavaCommand;
import org.distbelief.paramserver.kernel.BusyWait;

/**
 * Launch contexts of the job's processes: files from the staging directory, class path, environment, tokens. The
 * client's configuration reaches a process under the names of Hadoop's site files in its working directory, which comes
 * first on the class path, so that {@code new Configuration()} finds it.
 */
public final class LaunchContexts {
    private final Configuration conf;
    private final Map<String, LocalResource> files = new HashMap<>();

    /**
     * @param names files of the staging directory that every process gets
     * @param extra further files by the name under which a process finds them, from Hadoop's {@code -files}
     */
    public LaunchContexts(Configuration conf, Staging staging, List<String> names, Map<String, Path> extra)
            throws IOException {
        this.conf = conf;
        for (String name : names) {
            files.put(name, resource(staging.status(name)));
        }
        for (String site : Staging.SITE_FILES) {
            files.put(site, resource(staging.status(site)));
        }
        for (Map.Entry<String, Path> file : extra.entrySet()) {
            files.put(
                    file.getKey(), resource(file.getValue().getFileSystem(conf).getFileStatus(file.getValue())));
        }
    }

    /**
     * A launch context.
     *
     * @param command what runs
     * @param threads threads that native kernels may use
     * @param credentials tokens that the process gets
     */
    public ContainerLaunchContext context(JavaCommand command, int threads, Credentials credentials)
            throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put(Environment.CLASSPATH.name(), classPath());
        environment.put("OMP_NUM_THREADS", Integer.toString(threads));
        environment.put(BusyWait.VARIABLE, BusyWait.ROUNDS);
        environment.put("MALLOC_ARENA_MAX", "4");
        DataOutputBuffer tokens = new DataOutputBuffer();
        credentials.writeTokenStorageToStream(tokens);
        return ContainerLaunchContext.newInstance(
                files,
                environment,
                List.of(command.line()),
                Map.of(),
                ByteBuffer.wrap(tokens.getData(), 0, tokens.getLength()),
                Map.of());
    }

    /** The current process' tokens without the one that lets it act as the ApplicationMaster. */
    static Credentials credentialsForContainers() throws IOException {
        Credentials credentials = new Credentials();
        Credentials own = UserGroupInformation.getCurrentUser().getCredentials();
        for (Token<? extends TokenIdentifier> token : own.getAllTokens()) {
            if (!token.getKind().equals(AMRMTokenIdentifier.KIND_NAME)) {
                credentials.addToken(token.getService(), token);
            }
        }
        own.getAllSecretKeys().forEach(alias -> credentials.addSecretKey(alias, own.getSecretKey(alias)));
        return credentials;
    }

    private String classPath() {
        StringBuilder path = new StringBuilder("{{PWD}}")
                .append(ApplicationConstants.CLASS_PATH_SEPARATOR)
                .append("{{PWD}}/")
                .append(Staging.JAR);
        for (String entry : conf.getStrings(
                YarnConfiguration.YARN_APPLICATION_CLASSPATH,
                YarnConfiguration.DEFAULT_YARN_CROSS_PLATFORM_APPLICATION_CLASSPATH)) {
            path.append(ApplicationConstants.CLASS_PATH_SEPARATOR).append(entry.trim());
        }
        return path.toString();
    }

    private static LocalResource resource(FileStatus file) {
        return LocalResource.newInstance(
                URL.fromPath(file.getPath()),
                LocalResourceType.FILE,
                LocalResourceVisibility.APPLICATION,
                file.getLen(),
                file.getModificationTime());
    }
}
