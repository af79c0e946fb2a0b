package org.distbelief.appmaster.sandblaster;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.distbelief.appmaster.lbfgs.Lbfgs;
import org.distbelief.appmaster.lbfgs.LbfgsSettings;
import org.distbelief.appmaster.lbfgs.LbfgsState;
import org.distbelief.appmaster.lbfgs.Objective;
import org.distbelief.conf.LineSearchConfig;
import org.distbelief.conf.SandblasterConfig.Curvature;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardedAlgebra;
import org.distbelief.paramserver.client.Traffic;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.wire.ThriftShardClient;
import org.distbelief.paramserver.wire.WireLimits;

/**
 * A process that minimises a quadratic of as many parameters as there are on the shards, which compute it, too:
 * {@code history iterations parameters port port ...}. Tells the losses, its traffic and its memory.
 */
final class LargeModelCoordinator {
    private static final VectorName SCALES = new VectorName("scales");
    private static final VectorName TARGETS = new VectorName("targets");

    private LargeModelCoordinator() {}

    public static void main(String[] arguments) throws Exception {
        int history = Integer.parseInt(arguments[0]);
        int iterations = Integer.parseInt(arguments[1]);
        long parameters = Long.parseLong(arguments[2]);
        List<Integer> ports = IntStream.range(3, arguments.length)
                .mapToObj(i -> Integer.parseInt(arguments[i]))
                .toList();
        ShardMap shards = new ShardMap(LongStream.range(0, ports.size())
                .mapToObj(i -> RangeSet.of(parameters * i / ports.size(), parameters * (i + 1) / ports.size()))
                .toList());
        try (ShardedAlgebra algebra = new ShardedAlgebra(
                shards,
                (shard, bound) -> new ShardAddress(shard, "localhost", ports.get(shard), 1),
                ThriftShardClient.connector(WireLimits.standard(), WireSecurity.none()),
                Duration.ofMinutes(2),
                1)) {
            // Scales between 0.5 and 1.5, targets between -1 and 1.
            algebra.run(ShardProgram.begin()
                    .random(SCALES, 1, 0.5)
                    .fill(TARGETS, 1)
                    .axpy(1, TARGETS, SCALES)
                    .random(TARGETS, 2, 1)
                    .end());
            Objective quadratic = (point, gradient) -> {
                double[] found = algebra.run(ShardProgram.begin()
                        .copy(point, gradient)
                        .multiply(SCALES, gradient)
                        .dot(gradient, point)
                        .dot(TARGETS, point)
                        .axpy(-1, TARGETS, gradient)
                        .end());
                return found[0] / 2 - found[1];
            };
            Lbfgs lbfgs = new Lbfgs(
                    new LbfgsSettings(
                            iterations,
                            history,
                            Curvature.SKIP,
                            0,
                            0,
                            0,
                            new LineSearchConfig(1e-4, 0.9, 20),
                            LbfgsSettings.FLOAT_NOISE),
                    algebra);
            LbfgsState state = lbfgs.begin(quadratic);
            System.out.println("first " + state.gradientNorm() / Math.sqrt((double) parameters));
            List<Traffic> before = algebra.traffic();
            while (state.iteration() < iterations) {
                state = lbfgs.iterate(state, quadratic);
            }
            System.out.println("last " + state.gradientNorm() / Math.sqrt((double) parameters));
            long most = 0;
            for (int shard = 0; shard < ports.size(); shard++) {
                Traffic traffic = algebra.traffic().get(shard).minus(before.get(shard));
                most = Math.max(most, (traffic.sent() + traffic.received()) / iterations);
            }
            System.out.println("bytes " + most);
            System.gc();
            System.out.println("heap "
                    + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
    }
}
