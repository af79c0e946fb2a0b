package org.distbelief.container.sandblaster;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.distbelief.container.coordinator.BatchId;
import org.distbelief.container.coordinator.BatchOrder;
import org.distbelief.container.coordinator.Beat;
import org.distbelief.container.coordinator.Coordinator;
import org.distbelief.container.coordinator.CoordinatorHandler;
import org.distbelief.container.coordinator.CoordinatorRefusedException;
import org.distbelief.container.coordinator.Done;
import org.distbelief.container.coordinator.NotLeadingException;
import org.distbelief.container.coordinator.PushOrder;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.container.coordinator.WorkReport;
import org.distbelief.paramserver.VectorName;
import org.jspecify.annotations.Nullable;

/**
 * A small coordinator: has every portion of a batch pushed once, by whoever. If told to be unsteady, it loses messages,
 * drops portions and bundles that are done, and takes portions away that are half done.
 */
public final class FakeCoordinator {
    private static final int FREE = -1;
    private static final int PUSHED = -2;
    private static final Duration WAIT = Duration.ofMillis(50);

    private final int portions;
    private final int pushAfter;
    private final Random random;
    private final double unsteady;
    private final Map<Integer, Known> replicas = new HashMap<>();
    private final int[] holder;
    private final Map<Long, List<Integer>> pushes = new TreeMap<>();
    private final Map<Integer, Done> results = new TreeMap<>();
    private final Set<Long> counted = new HashSet<>();
    private @Nullable BatchOrder batch;
    private long term = 1;
    private long batches;
    private long pushCount;
    private boolean gone;
    private boolean refusing;

    /** Reports as they came. */
    final List<WorkReport> reports = new ArrayList<>();

    /** Signs of life as they came. */
    final List<Beat> beats = new ArrayList<>();

    private static final class Known {
        private long sequence = -1;
        private @Nullable WorkReply reply;
        private List<Integer> ahead = List.of();
    }

    /** A batch that has come to its end. */
    public record Result(double lossSum, long examples, Map<Integer, VectorName> pushedInto) {}

    /** @param unsteady probability of each kind of trouble at each report */
    public FakeCoordinator(int portions, int pushAfter, double unsteady, long seed) {
        this.portions = portions;
        this.pushAfter = pushAfter;
        this.unsteady = unsteady;
        this.random = new Random(seed);
        this.holder = new int[portions];
    }

    /** A replica's conversation. */
    Coordinator connect() {
        return new Coordinator() {
            @Override
            public WorkReply report(WorkReport report)
                    throws IOException, InterruptedException, CoordinatorRefusedException {
                return answer(report);
            }

            @Override
            public boolean beat(Beat beat) throws IOException, CoordinatorRefusedException {
                return signOfLife(beat);
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }

    /** Its side of conversations over the wire. */
    public CoordinatorHandler handler() {
        return new CoordinatorHandler() {
            @Override
            public WorkReply report(WorkReport report)
                    throws InterruptedException, CoordinatorRefusedException, NotLeadingException {
                try {
                    return answer(report);
                } catch (IOException e) {
                    throw (NotLeadingException) new NotLeadingException(e.getMessage() + "").initCause(e);
                }
            }

            @Override
            public boolean beat(Beat beat) throws CoordinatorRefusedException, NotLeadingException {
                try {
                    return signOfLife(beat);
                } catch (IOException e) {
                    throw (NotLeadingException) new NotLeadingException(e.getMessage() + "").initCause(e);
                }
            }
        };
    }

    /** Begins a batch. */
    public synchronized void begin(VectorName point, long noise) {
        batch = new BatchOrder(new BatchId(term, ++batches), point, noise);
        Arrays.fill(holder, FREE);
        results.clear();
        pushes.clear();
        counted.clear();
        notifyAll();
    }

    /** Waits until the batch is complete. */
    public synchronized Result await() throws InterruptedException {
        while (results.values().stream().allMatch(done -> Double.isFinite(done.lossSum()))
                && !Arrays.stream(holder).allMatch(state -> state == PUSHED)) {
            wait();
        }
        double loss = results.values().stream().mapToDouble(Done::lossSum).sum();
        long examples = results.values().stream().mapToLong(Done::examples).sum();
        Map<Integer, VectorName> into = new TreeMap<>();
        counted.forEach(
                number -> pushes.getOrDefault(number, List.of()).forEach(portion -> into.put(portion, vector(number))));
        return new Result(loss, examples, into);
    }

    /** Waits for a report such as this. */
    synchronized WorkReport awaitReport(Predicate<WorkReport> such) throws InterruptedException {
        while (true) {
            Optional<WorkReport> found = reports.stream().filter(such).findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            wait();
        }
    }

    /** Waits for a sign of life such as this. */
    synchronized Beat awaitBeat(Predicate<Beat> such) throws InterruptedException {
        while (true) {
            Optional<Beat> found = beats.stream().filter(such).findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            wait();
        }
    }

    /** Nobody answers from now on. */
    synchronized void leave() {
        gone = true;
        batch = null;
        replicas.clear();
        notifyAll();
    }

    /** Another one leads. */
    synchronized void comeBack() {
        gone = false;
        term++;
        batches = 0;
    }

    /** Replicas are refused from now on. */
    synchronized void refuse() {
        refusing = true;
    }

    private VectorName vector(long number) {
        return new VectorName("push-" + term + "-" + number);
    }

    private boolean trouble() {
        return random.nextDouble() < unsteady;
    }

    private void check() throws IOException, CoordinatorRefusedException {
        if (gone) {
            throw new IOException("no coordinator is registered");
        }
        if (refusing) {
            throw new CoordinatorRefusedException("replica was replaced");
        }
    }

    private synchronized boolean signOfLife(Beat beat) throws IOException, CoordinatorRefusedException {
        check();
        beats.add(beat);
        notifyAll();
        return random.nextDouble() < 5 * unsteady;
    }

    private synchronized WorkReply answer(WorkReport report)
            throws IOException, InterruptedException, CoordinatorRefusedException {
        check();
        reports.add(report);
        notifyAll();
        if (trouble()) {
            throw new IOException("the report is lost");
        }
        Known known = replicas.computeIfAbsent(report.replica(), r -> new Known());
        if (report.sequence() < known.sequence) {
            throw new AssertionError("expected ascending sequences, found " + report);
        }
        WorkReply reply = known.reply;
        if (reply == null || report.sequence() > known.sequence) {
            reply = decide(report);
            long deadline = System.nanoTime() + WAIT.toNanos();
            while (idle(report, reply) && System.nanoTime() < deadline) {
                wait(1);
                check();
                reply = decide(report);
            }
        }
        known.sequence = report.sequence();
        known.reply = reply;
        if (trouble()) {
            throw new IOException("the reply is lost");
        }
        return reply;
    }

    private static boolean idle(WorkReport report, WorkReply reply) {
        return reply.compute().isEmpty()
                && reply.push().isEmpty()
                && !reply.drop()
                && report.done().isEmpty()
                && !report.pushed();
    }

    private WorkReply decide(WorkReport report) {
        int replica = report.replica();
        BatchOrder now = batch;
        if (now == null) {
            return new WorkReply(Optional.empty(), false, false, Optional.empty(), Optional.empty(), List.of());
        }
        boolean same = report.batch().equals(Optional.of(now.id()));
        Set<Integer> has = new HashSet<>();
        if (same) {
            has.addAll(report.bundle());
            report.done().ifPresent(done -> has.add(done.portion()));
            report.working().ifPresent(has::add);
            report.pushing().ifPresent(number -> has.addAll(pushes.getOrDefault(number, List.of())));
        }
        for (int portion = 0; portion < portions; portion++) {
            if (holder[portion] == replica && !has.contains(portion)) {
                holder[portion] = FREE;
            }
        }
        if (same && report.pushed()) {
            long number = report.pushing().orElseThrow();
            if (counted.add(number)) {
                pushes.getOrDefault(number, List.of()).forEach(portion -> holder[portion] = PUSHED);
                notifyAll();
            }
        }
        Done done = same ? report.done().orElse(null) : null;
        boolean keep = done != null && holder[done.portion()] == replica && !trouble();
        if (done != null && holder[done.portion()] == replica) {
            if (keep) {
                results.put(done.portion(), done);
                notifyAll();
            } else {
                holder[done.portion()] = FREE;
            }
        }
        boolean drop = same && !report.bundle().isEmpty() && trouble();
        List<Integer> bundle = new ArrayList<>(same && !drop ? report.bundle() : List.of());
        if (drop) {
            report.bundle().forEach(portion -> holder[portion] = FREE);
        }
        if (done != null && keep && Double.isFinite(done.lossSum())) {
            bundle.add(done.portion());
        }
        // A bundle never holds more than it should.
        boolean full = bundle.size() >= pushAfter && !report.room();
        Optional<Integer> compute = full ? Optional.empty() : next(replica, same ? report.working() : Optional.empty());
        Optional<PushOrder> push = Optional.empty();
        boolean due = bundle.size() >= pushAfter || (!bundle.isEmpty() && compute.isEmpty());
        if (same && report.room() && due) {
            push = Optional.of(new PushOrder(++pushCount, vector(pushCount)));
            pushes.put(pushCount, List.copyOf(bundle));
        }
        List<Integer> ahead = new ArrayList<>();
        for (int portion = 0; portion < portions && ahead.size() < 2; portion++) {
            if (holder[portion] == FREE) {
                ahead.add(portion);
            }
        }
        replicas.computeIfAbsent(replica, r -> new Known()).ahead = ahead;
        return new WorkReply(Optional.of(now), keep, drop, push, compute, ahead);
    }

    private Optional<Integer> next(int replica, Optional<Integer> working) {
        if (working.isPresent() && holder[working.get()] == replica) {
            if (!trouble()) {
                return working;
            }
            holder[working.get()] = FREE;
        }
        // Mostly what it has been told to read, if that is still free.
        List<Integer> ahead = replicas.computeIfAbsent(replica, r -> new Known()).ahead;
        int first = ahead.isEmpty() || trouble() ? random.nextInt(portions) : ahead.get(0);
        for (int i = 0; i < portions; i++) {
            int portion = (first + i) % portions;
            if (holder[portion] == FREE) {
                holder[portion] = replica;
                return Optional.of(portion);
            }
        }
        return Optional.empty();
    }
}
