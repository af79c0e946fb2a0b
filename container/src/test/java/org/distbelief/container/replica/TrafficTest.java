package org.distbelief.container.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.distbelief.container.layer.Connections;
import org.distbelief.container.layer.Region;
import org.distbelief.container.layer.Shape;
import org.distbelief.container.model.Model;
import org.distbelief.container.partition.CutLayer;
import org.distbelief.container.partition.PartitionPlan;
import org.distbelief.container.plan.MemoryPlan;
import org.distbelief.container.plan.PartitionReport;
import org.distbelief.container.plan.PlanReport;
import org.distbelief.container.plan.Traffic;
import org.distbelief.container.plan.Traffic.Bytes;
import org.distbelief.paramserver.ShardMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The state of each unit crosses each boundary once, however many of its connections cross there (section 3). */
@Timeout(120)
class TrafficTest {
    private static final int BATCH = 3;

    static LongStream seeds() {
        return LongStream.range(100, 140);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatIsSentIsTheLeastThatTheConnectionsAskFor(long seed) throws Exception {
        Model model = RandomModels.of(seed);
        int partitions = PartitionedReplicaTest.atMost(model, 2 + (int) (seed % 8));
        ConcurrentHashMap<CountingNeighbours.Way, Long> sent = new ConcurrentHashMap<>();
        PartitionPlan plan;
        try (PartitionedReplica replica =
                new PartitionedReplica(model, partitions, one -> CountingNeighbours.into(sent, one))) {
            plan = replica.plan;
            replica.fill(BATCH, seed);
            replica.all((one, batch) -> one.gradient(batch, one.newGradient(), false, layer -> {}));
        }

        Map<String, Long> found = new TreeMap<>();
        Tags tags = new Tags(plan);
        for (int layer = 0; layer < plan.layers().size(); layer++) {
            int level = layer;
            sent.forEach((way, floats) -> {
                if (way.tag() == tags.states(level)) {
                    found.merge("states into " + level + " from " + way.from() + " to " + way.to(), floats, Long::sum);
                } else if (way.tag() == tags.gradients(level)) {
                    found.merge("gradient of " + level + " from " + way.from() + " to " + way.to(), floats, Long::sum);
                }
            });
        }
        assertThat(found).as("%s partitions of %s", partitions, model.layers()).isEqualTo(least(plan));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void thePlansReportCountsWhatIsReallySent(long seed) throws Exception {
        Model model = RandomModels.of(seed);
        int partitions = PartitionedReplicaTest.atMost(model, 2 + (int) (seed % 8));
        ConcurrentHashMap<CountingNeighbours.Way, Long> trained = new ConcurrentHashMap<>();
        ConcurrentHashMap<CountingNeighbours.Way, Long> scored = new ConcurrentHashMap<>();
        PartitionPlan plan;
        try (PartitionedReplica replica =
                new PartitionedReplica(model, partitions, one -> CountingNeighbours.into(trained, one))) {
            plan = replica.plan;
            replica.fill(BATCH, seed);
            replica.all((one, batch) -> one.gradient(batch, one.newGradient(), false, layer -> {}));
        }
        try (PartitionedReplica replica =
                new PartitionedReplica(model, partitions, one -> CountingNeighbours.into(scored, one))) {
            replica.fill(BATCH, seed);
            replica.all((one, batch) -> {
                one.helpToScore(batch);
                return one;
            });
        }
        PlanReport report = PlanReport.of(
                plan,
                Collections.nCopies(partitions, new MemoryPlan(0, 0, 0, 0, 0, 0)),
                ShardMap.of(model.layout(), 1));

        for (PartitionReport partition : report.partitions()) {
            int p = partition.partition();
            Traffic traffic = partition.traffic();
            Bytes tied = traffic.tiedPerStep();
            assertThat(bytes(trained, way -> way.from() == p))
                    .as("sent by %s of %s of %s", p, partitions, model.layers())
                    .isEqualTo(BATCH * traffic.training().out() + tied.out());
            assertThat(bytes(trained, way -> way.to() == p))
                    .isEqualTo(BATCH * traffic.training().in() + tied.in());
            assertThat(bytes(scored, way -> way.to() == p))
                    .isEqualTo(BATCH
                            * (traffic.inputs().in()
                                    + traffic.forward().in()
                                    + traffic.scores().in()));
        }
    }

    private static long bytes(Map<CountingNeighbours.Way, Long> floats, Predicate<CountingNeighbours.Way> those) {
        return floats.entrySet().stream()
                .filter(entry -> those.test(entry.getKey()))
                .mapToLong(entry -> entry.getValue() * Float.BYTES)
                .sum();
    }

    private static Map<String, Long> least(PartitionPlan plan) {
        Map<String, Long> least = new TreeMap<>();
        List<Optional<Region>> owners = plan.inputs();
        for (int layer = 0; layer < plan.layers().size(); layer++) {
            CutLayer above = plan.layers().get(layer);
            Shape shape = above.layer().input();
            for (int unit = 0; unit < shape.units(); unit++) {
                int owner = owner(owners, shape, unit);
                for (int to = 0; to < plan.partitions(); to++) {
                    if (to != owner && needs(above, to, unit)) {
                        String up = "states into " + layer + " from " + owner + " to " + to;
                        String down = "gradient of " + layer + " from " + to + " to " + owner;
                        least.merge(up, (long) BATCH, Long::sum);
                        if (layer > plan.lowestWithParameters()) {
                            least.merge(down, (long) BATCH, Long::sum);
                        }
                    }
                }
            }
            owners = above.regions();
        }
        return least;
    }

    private static boolean needs(CutLayer layer, int partition, int unit) {
        Region region = layer.region(partition).orElse(null);
        Shape output = layer.layer().output();
        for (int out = 0; region != null && out < output.units(); out++) {
            if (region.contains(unitOf(output, out)) && Connections.exists(layer.layer(), out, unit)) {
                return true;
            }
        }
        return false;
    }

    private static int owner(List<Optional<Region>> owners, Shape shape, int unit) {
        int found = -1;
        for (int p = 0; p < owners.size(); p++) {
            Region region = owners.get(p).orElse(null);
            if (region != null && region.contains(unitOf(shape, unit))) {
                assertThat(found).as("owners of unit %s of %s", unit, shape).isEqualTo(-1);
                found = p;
            }
        }
        assertThat(found).as("owner of unit %s of %s", unit, shape).isNotNegative();
        return found;
    }

    private static Region unitOf(Shape shape, int unit) {
        int place = unit / shape.channels();
        return new Region(place / shape.width(), place % shape.width(), unit % shape.channels(), Shape.flat(1));
    }
}
