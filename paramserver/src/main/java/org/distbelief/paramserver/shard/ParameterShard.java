package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.ParameterLayout;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.load.Latency;
import org.distbelief.paramserver.load.ShardLoad;
import org.distbelief.paramserver.pace.PaceKeeper;
import org.distbelief.paramserver.pace.ReplacedReplicaException;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.rule.UpdateRule;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.storage.AppliedPushes;

/**
 * One shard of the parameters (paper, section 4.1): keeps its ranges of the parameters and of the update rule's state,
 * serves fetches and applies pushes, each exactly once. For use by any number of threads. Pushes of different
 * partitions run side by side, chunk by chunk; there is no order among them and a fetch sees each chunk at whatever
 * update it is at.
 */
public final class ParameterShard {
    private final int index;
    private final long generation;
    private final ShardState state;
    private final VectorBank bank;
    private final Changes changes;
    private final RequestChecks checks;
    private final PaceKeeper pace;
    private final PushTaker pushes;
    private final ProgramLog programs;
    private final ShardCounters.Live counters = new ShardCounters.Live();

    private volatile Supplier<CopyStatus> copy = () -> CopyStatus.ALONE;

    /** A shard whose rule always has its whole learning rate. */
    public ParameterShard(int index, long generation, RangeSet ranges, UpdateRule rule, Duration patience) {
        this(index, generation, ranges, rule, VersionedRate.constant(), patience, ShardKernels.best());
    }

    /** A shard whose replicas run as far apart as they like. */
    public ParameterShard(
            int index,
            long generation,
            RangeSet ranges,
            UpdateRule rule,
            VersionedRate rate,
            Duration patience,
            ShardKernels kernels) {
        this(index, generation, ranges, new Holdings(rule, Pacing.asynchronous()), rate, patience, kernels);
    }

    /** A shard that runs no programs which make vectors. */
    public ParameterShard(
            int index,
            long generation,
            RangeSet ranges,
            UpdateRule rule,
            VersionedRate rate,
            Duration patience,
            ShardKernels kernels,
            Pacing pacing) {
        this(index, generation, ranges, new Holdings(rule, pacing), rate, patience, kernels);
    }

    /**
     * Allocates the shard's vectors: parameters of 0, the rule's state at its initial values.
     *
     * @param index the shard's index in the shard map
     * @param generation which life of the shard this is; requests for another are refused
     * @param ranges which parameters the shard holds
     * @param holdings what it holds of them
     * @param rate the factor of the rule's learning rate, by this shard's version and the push's staleness
     * @param patience how long a push may wait for an earlier copy of itself
     * @param kernels the arithmetic
     * @throws OutOfMemoryError where the vectors are more than the limit of direct memory
     */
    public ParameterShard(
            int index,
            long generation,
            RangeSet ranges,
            Holdings holdings,
            VersionedRate rate,
            Duration patience,
            ShardKernels kernels) {
        this.index = index;
        this.generation = generation;
        this.state = new ShardState(ranges, holdings, kernels);
        this.bank = state.bank();
        this.changes = new Changes(state, holdings.rule(), counters);
        this.checks = new RequestChecks(index, generation, bank, counters);
        this.pace = holdings.pacing()
                .keeper(ranges.size(), new PaceChanges(change -> changes.make(change, null), state, rate));
        this.pushes = new PushTaker(state, changes, pace, rate, kernels, patience, counters);
        this.programs = new ProgramLog(state, changes, patience);
    }

    /** Tells these of every change from now on; before the shard serves. */
    public void tell(Followers all) {
        changes.tell(all);
        copy = all::status;
    }

    /** What a standby is filled from. */
    public ShardSource source() {
        return new ShardSource(state, changes);
    }

    /** Refuses requests from now on. */
    public void retire() {
        checks.serving(false);
    }

    /**
     * Becomes the standby of a process that serves the shard; before this one serves.
     *
     * @return takes the changes that the other is told of
     */
    public StandbyShard follow() {
        retire();
        StandbyShard standby = new StandbyShard(this, state);
        copy = standby::status;
        return standby;
    }

    /** Serves, in the place of the process that this one has followed. */
    void promote(Followers all) {
        pace.restore(state.standing().rounds());
        tell(all);
        checks.serving(true);
    }

    /** Gives the parameters the first values that the layout says. */
    public void initialise(ParameterLayout layout, long seed) {
        for (Block block : layout.blocks()) {
            RangeSet here = bank.ranges()
                    .intersect(RangeSet.of(block.range().start(), block.range().end()));
            bank.fill(VectorName.PARAMETERS, here, i -> block.initialisation().at(seed, i));
        }
    }

    /** Goes on after a checkpoint whose vectors have been read into {@link #bank}; before the shard serves. */
    public void restore(long restoredVersion, List<AppliedPushes> applied) {
        state.restore(restoredVersion);
        state.log().restore(applied);
    }

    public int index() {
        return index;
    }

    public long generation() {
        return generation;
    }

    public RangeSet ranges() {
        return bank.ranges();
    }

    /** The shard's vectors. */
    public VectorBank bank() {
        return bank;
    }

    /** Updates applied. */
    public long version() {
        return state.version();
    }

    /** A fetch for nobody in particular, of floats that travel as they are. */
    public Fetched fetch(long asked, VectorName vector, RangeSet ranges) throws ShardException {
        return fetch(asked, vector, ranges, OptionalInt.empty(), Encoding.FLOAT32);
    }

    /**
     * Starts a fetch.
     *
     * @param keptFor the replica that will compute a gradient from these parameters: where the rule compares with them,
     *     the shard keeps a copy of what is read
     * @param encoding how the floats travel; whoever reads them encodes them
     * @throws ShardException for another generation, or for a vector or parameters that are not here
     */
    public Fetched fetch(long asked, VectorName vector, RangeSet ranges, OptionalInt keptFor, Encoding encoding)
            throws ShardException {
        check(asked);
        checks.ranges(ranges);
        check(List.of(vector));
        counters.fetches.increment();
        counters.bytesOut.add(encoding.bytes(ranges.size()));
        boolean kept = keptFor.isPresent() && vector.equals(VectorName.PARAMETERS);
        return new Fetched(
                version(), kept ? state.copies().reader(keptFor.getAsInt(), ranges) : bank.reader(vector, ranges));
    }

    /**
     * A replica's turn, where the job bounds how far they may run apart: waits for the others at most 2 s.
     *
     * @param connection by which it asks; {@link #closed} must tell its end
     * @throws ShardException for another generation, or where a later incarnation of the replica takes part
     */
    public Turn.Answer turn(long asked, Turn turn, Object connection) throws ShardException, InterruptedException {
        Turn.Answer answer = takeTurn(asked, turn, connection);
        // Whoever goes on relies on the round before being over, also for a standby that takes over.
        changes.await();
        return answer;
    }

    /**
     * {@link #turn} without waiting for the followers: it must not be answered before everything that they have been
     * told so far may be acknowledged.
     */
    public Turn.Answer takeTurn(long asked, Turn turn, Object connection) throws ShardException, InterruptedException {
        check(asked);
        try {
            return pace.turn(turn, connection);
        } catch (ReplacedReplicaException e) {
            throw checks.refused(new ShardException(ShardException.Kind.ZOMBIE_PUSH, e.getMessage() + "", e));
        }
    }

    /** A replica has nothing to do for now: the others need not wait for it before it asks for its turn again. */
    public void leave(long asked, int replica, long incarnation) throws ShardException {
        check(asked);
        pace.leave(replica, incarnation);
    }

    /** A connection is gone, by which replicas may have asked for their {@link #turn}. */
    public void closed(Object connection) {
        pace.closed(connection);
    }

    /**
     * Starts to overwrite part of a vector; not where there may be a standby, which would not be told.
     *
     * @return hands out the memory, see {@link VectorReader#overwriteNext}
     * @throws ShardException for another generation, for a vector or parameters that are not here, or where there may
     *     be a standby
     */
    public VectorReader store(long asked, VectorName vector, RangeSet ranges) throws ShardException {
        check(asked);
        checks.ranges(ranges);
        check(List.of(vector));
        if (changes.followers() != null) {
            throw checks.refused(new ShardException(
                    ShardException.Kind.WRONG_RANGES,
                    "expected a shard without a standby for what is stored, found " + "shard " + index
                            + ", which has one by shards.replication"));
        }
        counters.bytesIn.add(ranges.size() * Float.BYTES);
        return bank.reader(vector, ranges);
    }

    /**
     * Applies a push, exactly once; or, where the replicas go in step, adds it to those whose mean is applied together;
     * or adds it to the vector that it names, if that is there.
     *
     * @param gradient direct, little-endian; from its position to its limit the floats of the header's ranges in
     *     ascending order of their index, decoded
     * @throws ShardException for another generation, parameters that are not here, a gradient that is longer than a
     *     push may be or has not the length of its ranges, one that is not finite, a push that comes after a missing
     *     one or from a process that has been replaced, or where an earlier copy of the push keeps the shard busy for
     *     longer than its patience; nothing has been applied then
     */
    public PushReceipt push(PushHeader header, ByteBuffer gradient) throws ShardException, InterruptedException {
        PushReceipt receipt = take(header, gradient);
        changes.await();
        return receipt;
    }

    /**
     * {@link #push} without waiting for the followers: it must not be acknowledged before everything that they have
     * been told so far may be.
     */
    public PushReceipt take(PushHeader header, ByteBuffer gradient) throws ShardException, InterruptedException {
        check(header.generation());
        checks.ranges(header.ranges());
        checks.length(header, gradient.remaining());
        counters.bytesIn.add(header.encoding().bytes(header.ranges().size()));
        try {
            return pushes.take(header, gradient);
        } catch (ShardException e) {
            throw checks.refused(e);
        }
    }

    /**
     * Runs a program on the shard's vectors, exactly once: sent again, it is answered from memory. One at a time;
     * fetches and pushes go on, and see each chunk before or after it.
     *
     * @param parameters how many floats the sender thinks that the shard has
     * @return the results of the shard's part; of a norm the sum of squares
     * @throws ShardException for another generation or another number of parameters; where a vector is missing, may not
     *     be freed or would be one too many; where a later coordinator has sent programs, or programs before this one
     *     are missing; or where another program keeps the shard busy for longer than its patience. Nothing has been
     *     done then
     */
    public List<Double> run(long asked, long parameters, NumberedProgram program)
            throws ShardException, InterruptedException {
        List<Double> results = execute(asked, parameters, program);
        changes.await();
        return results;
    }

    /**
     * {@link #run} without waiting for the followers: it must not be answered before everything that they have been
     * told so far may be acknowledged.
     */
    public List<Double> execute(long asked, long parameters, NumberedProgram program)
            throws ShardException, InterruptedException {
        check(asked);
        checks.parameters(parameters);
        try {
            return programs.run(program);
        } catch (ShardException e) {
            throw checks.refused(e);
        }
    }

    /**
     * Makes a vector for what a checkpoint holds; before the shard serves.
     *
     * @throws ShardException where it is one too many
     */
    public void add(VectorName vector) throws ShardException {
        Set<VectorName> names = new TreeSet<>(bank.names());
        names.add(vector);
        bank.rename(names);
    }

    /** Checks that a request is meant for this generation, and that it serves. */
    public void check(long asked) throws ShardException {
        checks.generation(asked);
    }

    /** Checks that the shard keeps these vectors. */
    public void check(List<VectorName> vectors) throws ShardException {
        checks.vectors(vectors);
    }

    /**
     * What was applied, once every push under way now is done. Taken after the vectors were copied it names every push
     * of which the copy holds any part, so that a restored shard never applies one twice.
     */
    public List<AppliedPushes> settledPushes() {
        return state.log().settled();
    }

    /** The shard's state, for whoever asks and whatever generation he has in mind. */
    public ShardStatus status() {
        return new ShardStatus(
                index,
                generation,
                bank.ranges().size(),
                state.bytes(),
                version(),
                counters.get(),
                pushes.staleness(),
                state.log().snapshot(),
                copy.get(),
                ShardLoad.UNKNOWN);
    }

    /** How long pushes have waited for locks: for other pushes of their partition, and for chunks that others held. */
    public Latency lockWait() {
        return pushes.lockWait();
    }
}
