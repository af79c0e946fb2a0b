package org.distbelief.appmaster.yarn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.net.NetworkTopology;
import org.apache.hadoop.yarn.api.protocolrecords.RegisterApplicationMasterResponse;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.NodeReport;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.UpdatedContainer;
import org.apache.hadoop.yarn.client.api.AMRMClient.ContainerRequest;
import org.apache.hadoop.yarn.client.api.async.AMRMClientAsync;
import org.apache.hadoop.yarn.client.api.async.NMClientAsync;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.util.RackResolver;
import org.apache.hadoop.yarn.webapp.util.WebAppUtils;
import org.distbelief.appmaster.roster.Ending;
import org.distbelief.appmaster.roster.Member;
import org.distbelief.appmaster.roster.Place;
import org.distbelief.appmaster.roster.Role;
import org.distbelief.appmaster.roster.RosterAction;
import org.distbelief.appmaster.roster.YarnGateway;
import org.distbelief.conf.ContainerConfig;
import org.distbelief.conf.JobConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway to a real cluster. Safe for several threads. */
final class AmRmGateway implements YarnGateway {
    private static final Logger LOG = LoggerFactory.getLogger(AmRmGateway.class);
    private static final int HEARTBEAT_MILLIS = 250;

    private final Configuration conf;
    private final JobConfig job;
    private final String user;
    private final ContainerLauncher launcher;
    private final Listener listener;
    private final DoubleSupplier progress;
    private final AMRMClientAsync<ContainerRequest> rm;
    private final NMClientAsync nm;
    private final Map<Long, ContainerRequest> requests = new ConcurrentHashMap<>();
    private final Map<String, Container> containers = new ConcurrentHashMap<>();

    /** @param progress share of the work done, 0 to 1, asked at every heartbeat */
    AmRmGateway(
            Configuration conf,
            JobConfig job,
            String user,
            ContainerLauncher launcher,
            Listener listener,
            DoubleSupplier progress) {
        this.conf = conf;
        this.job = job;
        this.user = user;
        this.launcher = launcher;
        this.listener = listener;
        this.progress = progress;
        this.rm = AMRMClientAsync.createAMRMClientAsync(HEARTBEAT_MILLIS, new ResourceManagerCallbacks());
        this.nm = NMClientAsync.createNMClientAsync(new NodeManagerCallbacks());
    }

    /** Connects and registers the ApplicationMaster. */
    RegisterApplicationMasterResponse register(String host, int rpcPort, String trackingUrl)
            throws IOException, YarnException {
        rm.init(conf);
        rm.start();
        nm.init(conf);
        nm.start();
        return rm.registerApplicationMaster(host, rpcPort, trackingUrl);
    }

    /** Tells the ResourceManager how the job ended. */
    void unregister(FinalApplicationStatus status, String diagnostics, String trackingUrl)
            throws IOException, YarnException {
        rm.unregisterApplicationMaster(status, diagnostics, trackingUrl);
    }

    @Override
    public void request(RosterAction.Request request, List<String> preferredHosts) {
        ContainerConfig size = switch (request.member().role()) {
            case SHARD -> job.shards();
            case REPLICA -> job.replicas();
            case COORDINATOR -> job.coordinators();
        };
        ContainerRequest.ContainerRequestBuilder builder = ContainerRequest.newBuilder()
                .capability(Resource.newInstance(size.memoryMib(), size.vcores()))
                .priority(Priority.newInstance(priority(request)))
                .allocationRequestId(request.request())
                .relaxLocality(true);
        // YARN refuses requests that name both a label and nodes.
        if (!preferredHosts.isEmpty() && job.cluster().nodeLabel().isEmpty()) {
            builder.nodes(preferredHosts.toArray(String[]::new));
        }
        job.cluster().nodeLabel().ifPresent(builder::nodeLabelsExpression);
        ContainerRequest ask = builder.build();
        requests.put(request.request(), ask);
        rm.addContainerRequest(ask);
    }

    /**
     * Shards and the first coordinator first; then what completes a replica, and what begins the first, with which
     * training can begin; then the shards' standbys and the other coordinators, and what begins another replica.
     */
    static int priority(RosterAction.Request request) {
        Member member = request.member();
        if (member.role() == Role.SHARD) {
            return request.standby() ? 4 : 1;
        }
        if (member.role() == Role.COORDINATOR) {
            return member.index() == 0 ? 1 : 4;
        }
        if (member.partition() > 0) {
            return 2;
        }
        return member.index() == 0 ? 3 : 5;
    }

    @Override
    public void withdraw(long request) {
        ContainerRequest ask = requests.remove(request);
        if (ask != null) {
            rm.removeContainerRequest(ask);
        }
    }

    @Override
    public void launch(RosterAction.Launch launch) {
        Container allocated = containers.get(launch.container());
        if (allocated == null) {
            // It was lost before it could be used; its end was told.
            return;
        }
        LOG.info(
                "Starting {} (start {}{}) in {} on {}",
                launch.member(),
                launch.start(),
                launch.standby() ? ", standby" : "",
                launch.container(),
                allocated.getNodeId());
        ContainerLaunchContext context;
        try {
            context = launcher.context(launch, allocated.getNodeId().getHost());
        } catch (UncheckedIOException e) {
            LOG.warn("No launch context for {}", launch.member(), e);
            rm.releaseAssignedContainer(allocated.getId());
            end(allocated.getId(), Ending.of(-1, Ending.Cause.CLUSTER, "it could not be prepared: " + e.getMessage()));
            return;
        }
        nm.startContainerAsync(allocated, context);
    }

    @Override
    public void stop(String container) {
        Container allocated = containers.get(container);
        if (allocated != null) {
            nm.stopContainerAsync(allocated.getId(), allocated.getNodeId());
            rm.releaseAssignedContainer(allocated.getId());
        }
    }

    @Override
    public void close() {
        nm.stop();
        rm.stop();
    }

    /** The node's rack by the cluster's topology script; null where there is none and all nodes seem to be in one. */
    private @Nullable String rack(String host) {
        String rack = RackResolver.resolve(conf, host).getNetworkLocation();
        return NetworkTopology.DEFAULT_RACK.equals(rack) ? null : rack;
    }

    private void end(ContainerId id, Ending ending) {
        if (containers.remove(id.toString()) != null) {
            listener.ended(id.toString(), ending);
        }
    }

    private final class ResourceManagerCallbacks extends AMRMClientAsync.AbstractCallbackHandler {
        @Override
        public void onContainersAllocated(List<Container> allocated) {
            for (Container container : allocated) {
                String id = container.getId().toString();
                containers.put(id, container);
                String logs = WebAppUtils.getHttpSchemePrefix(conf) + container.getNodeHttpAddress()
                        + "/node/containerlogs/" + id + "/" + user;
                String host = container.getNodeId().getHost();
                listener.allocated(container.getAllocationRequestId(), new Place(id, host, rack(host), logs));
            }
        }

        @Override
        public void onContainersCompleted(List<ContainerStatus> statuses) {
            for (ContainerStatus status : statuses) {
                LOG.info("Container {} ended with exit status {}", status.getContainerId(), status.getExitStatus());
                end(status.getContainerId(), Endings.of(status.getExitStatus(), status.getDiagnostics()));
            }
        }

        @Override
        public void onContainersUpdated(List<UpdatedContainer> updated) {
            LOG.debug("{} containers updated", updated.size());
        }

        @Override
        public void onShutdownRequest() {
            listener.shutdown("the ResourceManager asked the ApplicationMaster to shut down", true);
        }

        @Override
        public void onNodesUpdated(List<NodeReport> nodes) {
            nodes.forEach(node -> LOG.info("Node {} is {}", node.getNodeId(), node.getNodeState()));
        }

        @Override
        public void onError(Throwable error) {
            LOG.error("The connection to the ResourceManager failed", error);
            listener.shutdown("the connection to the ResourceManager failed: " + error, false);
        }

        @Override
        public float getProgress() {
            return (float) Math.max(0, Math.min(1, progress.getAsDouble()));
        }
    }

    private final class NodeManagerCallbacks extends NMClientAsync.AbstractCallbackHandler {
        @Override
        public void onContainerStarted(ContainerId id, Map<String, ByteBuffer> response) {
            LOG.debug("Container {} was started", id);
        }

        @Override
        public void onContainerStatusReceived(ContainerId id, ContainerStatus status) {
            LOG.debug("Container {} is {}", id, status);
        }

        @Override
        public void onContainerStopped(ContainerId id) {
            LOG.debug("Container {} was stopped", id);
        }

        @Override
        public void onStartContainerError(ContainerId id, Throwable error) {
            LOG.warn("Container {} could not be started", id, error);
            rm.releaseAssignedContainer(id);
            end(id, Ending.of(-1, Ending.Cause.FAILED, "the NodeManager could not start it: " + error.getMessage()));
        }

        @Override
        @Deprecated
        public void onContainerResourceIncreased(ContainerId id, Resource resource) {
            LOG.debug("Container {} has {}", id, resource);
        }

        @Override
        public void onContainerResourceUpdated(ContainerId id, Resource resource) {
            LOG.debug("Container {} has {}", id, resource);
        }

        @Override
        public void onGetContainerStatusError(ContainerId id, Throwable error) {
            LOG.warn("No status of container {}", id, error);
        }

        @Override
        @Deprecated
        public void onIncreaseContainerResourceError(ContainerId id, Throwable error) {
            LOG.warn("Container {} could not grow", id, error);
        }

        @Override
        public void onUpdateContainerResourceError(ContainerId id, Throwable error) {
            LOG.warn("Container {} could not be changed", id, error);
        }

        @Override
        public void onStopContainerError(ContainerId id, Throwable error) {
            LOG.warn("Container {} could not be stopped by its NodeManager", id, error);
        }
    }
}
