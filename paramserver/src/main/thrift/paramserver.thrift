/**
 * The wire of a parameter shard: plain Thrift binary protocol, unframed, over TCP. A client may send requests without
 * waiting for the replies, which come in the order of the requests. This file is the contract; the Java structs are
 * generated from it by generate.sh, while the dispatch is written by hand, so that floats go straight between the
 * socket and the vectors.
 *
 * Ranges are half-open ranges of the flat parameter vector, written as start, end, start, end, ..., ascending and
 * disjoint. Floats are IEEE 754 binary32, little-endian, in ascending order of their index.
 */
namespace java org.distbelief.paramserver.wire.gen
namespace py distbelief.paramserver

/** Why a shard refuses a request. A refused request has changed nothing. */
enum RefusalKind {
  /** Meant for another generation of the shard: look its address up again, then retry. */
  STALE_GENERATION = 1,
  /** The shard could not take the request in time: retry. */
  BUSY = 2,
  /** A later incarnation of the same partition has pushed; the sender has been replaced. */
  ZOMBIE_PUSH = 3,
  /** Pushes before this one are missing. */
  SEQUENCE_GAP = 4,
  /** The gradient holds NaN or an infinity. */
  NOT_FINITE = 5,
  /** The shard does not hold these parameters or this vector, or the payload's length does not fit the ranges. */
  WRONG_RANGES = 6,
  /** The vectors could not be written. */
  SAVE_FAILED = 7,
  /** A program names a vector that the shard does not hold. */
  NO_VECTOR = 8,
  /** A later coordinator has sent programs; the sender has been replaced. */
  DEPOSED = 9,
}

/** How floats travel; the default is FLOAT32. 16 bits are little-endian, too. */
enum Encoding {
  /** IEEE 754 binary32. */
  FLOAT32 = 1,
  /** The upper half of binary32. */
  BFLOAT16 = 2,
  /** IEEE 754 binary16. */
  FLOAT16 = 3,
}

exception ShardRefused {
  1: required RefusalKind kind,
  /** What was expected, what was found, what to do. */
  2: required string message,
}

struct FetchRequest {
  /** Generation of the shard as found in its directory. */
  1: required i64 generation,
  /** Name of the vector, such as "parameters". */
  2: required string vector,
  /** Not empty. */
  3: required list<i64> ranges,
  20: optional Encoding encoding = Encoding.FLOAT32,
  /**
   * The replica that will compute a gradient of these parameters from what it fetches. Where the update rule compares
   * with them, the shard keeps a copy.
   */
  6: optional i32 keptFor,
}

struct FetchReply {
  /** Updates that the shard had applied before the first float was read. */
  1: required i64 version,
  /** The floats of the ranges, in the request's encoding. */
  2: required binary values,
}

struct PushRequest {
  1: required i64 generation,
  2: required i32 replica,
  3: required i32 partition,
  /** Which life of the partition's process pushes. */
  4: required i64 incarnation,
  /** Number of the push to this shard within the incarnation: 1, 2, 3, ... */
  5: required i64 sequence,
  /** Not empty, and of at most 262144 parameters: a larger gradient is sent in several pushes. */
  6: required list<i64> ranges,
  /** The shard's version at the fetch that the gradient was computed from; -1 for none. */
  7: required i64 versionAtFetch,
  /** Whether this is the last of the pushes to this shard that an update was cut into. */
  8: optional bool last = true,
  /**
   * Whether the shard's version rises with the last push. Partitions of one replica push parts of the same update, each
   * the parameters that it owns; the first of them that pushes to a shard counts there for all.
   */
  9: optional bool counts = true,
  20: optional Encoding encoding = Encoding.FLOAT32,
  /** Number of the update among the replica's, as in TurnRequest; absent where replicas do not take turns. */
  12: optional i64 clock = -1,
  /**
   * The vector that the gradient is added to, in the place of applying the update rule; absent for the rule. Where there
   * is no such vector, the push is acknowledged as dropped. It counts for no version.
   */
  13: optional string into,
}

struct PushReply {
  /** Updates applied, this one included. */
  1: required i64 version,
  /** Updates applied between the fetch and this push. */
  2: required i64 staleness,
  /** The push had been applied before and was left out now. */
  3: required bool duplicate,
  /** It did not count: the replicas go in step, and it came too late; or there is no vector to add it to. */
  4: optional bool dropped = false,
}

/**
 * A replica asks whether it may go on, where its job bounds how far replicas may run apart. From then on the others wait
 * for it, until it leaves, the connection ends by which it asked last, or it has sent nothing for too long.
 */
struct TurnRequest {
  1: required i64 generation,
  2: required i32 replica,
  3: required i64 incarnation,
  /**
   * Number of its next update, and of its updates before that. -1: it asks where the others are, and nobody waits for
   * it.
   */
  4: required i64 clock,
}

struct TurnReply {
  /** Whether it may go on; else it waited for some seconds, and is to ask again. */
  1: required bool granted,
  /** The number that its next update should have: its own, or a later one where the others are further. */
  2: required i64 clock,
}

struct LeaveRequest {
  1: required i64 generation,
  2: required i32 replica,
  3: required i64 incarnation,
}

enum OperationKind {
  /** vector = factor. Makes the vector where it is not there, as do RANDOM and COPY. */
  FILL = 1,
  /** Every element drawn evenly from [-factor, factor], by the seed and its flat index alone. */
  RANDOM = 2,
  /** vector = other. */
  COPY = 3,
  /** vector = factor * vector. */
  SCALE = 4,
  /** vector = vector + factor * other. */
  AXPY = 5,
  /** vector = vector * other, element by element. */
  MULTIPLY = 6,
  /** The inner product of vector and other: a result. */
  DOT = 7,
  /** The sum of the squares of vector: a result. */
  NORM = 8,
  /** vector and other change names. */
  SWAP = 9,
  /** vector goes. */
  FREE = 10,
}

struct Operation {
  1: required OperationKind kind,
  2: required string vector,
  /** Of COPY, AXPY, MULTIPLY, DOT, SWAP. */
  3: optional string other,
  /** Of FILL, RANDOM, SCALE, AXPY. */
  4: optional double factor = 0,
  /** Of RANDOM. */
  5: optional i64 seed = 0,
}

/** Operations on all of the shard's part of named vectors: all of them are done, in their order, or none. */
struct RunRequest {
  1: required i64 generation,
  /** Of the coordinator that sends it, from 1; a later coordinator has a higher one. */
  2: required i64 term,
  /** Number of the program to this shard within the term: 1, 2, 3, ... Sent again it is answered from memory. */
  3: required i64 sequence,
  /** How many parameters the sender thinks that the shard has. */
  4: required i64 parameters,
  /** At most 4096. */
  5: required list<Operation> operations,
}

struct RunReply {
  /** Those of the shard's part, in the order of the operations that have one. */
  1: required list<double> results,
}

struct StoreRequest {
  1: required i64 generation,
  2: required string vector,
  /** Not empty. */
  3: required list<i64> ranges,
}

struct SaveRequest {
  1: required i64 generation,
  /** Where the shard writes its file: a directory of the cluster's file system. */
  2: required string directory,
  3: required list<string> vectors,
}

struct SaveReply {
  /** JSON that describes the file, its checksums, and the pushes that it contains. */
  1: required string savedFile,
}

struct AppliedCount {
  1: required i32 replica,
  2: required i32 partition,
  3: required i64 incarnation,
  /** Last applied push of the incarnation. */
  4: required i64 sequence,
  /** Updates of which the last push was applied, over all incarnations. */
  5: required i64 applied,
}

struct Counters {
  1: required i64 bytesIn,
  2: required i64 bytesOut,
  3: required i64 fetches,
  4: required i64 pushes,
  5: required i64 duplicates,
  6: required i64 refused,
  7: required i64 notFinite,
  /** Updates that came too late to count. */
  8: required i64 dropped,
}

struct StalenessCounts {
  1: required i64 count,
  2: required i64 sum,
  3: required i64 max,
  /** Pushes with staleness 0, 1, 2-3, 4-7, ... */
  4: required list<i64> histogram,
}

/** How long something took, in microseconds, since the shard's process started. */
struct Times {
  /** A method: from a request's first byte to the last one of its reply. Or pushLockWait: what pushes waited for locks. */
  1: required string what,
  2: required i64 count,
  3: required i64 mean,
  4: required i64 p50,
  5: required i64 p90,
  6: required i64 p99,
  7: required i64 max,
}

struct Load {
  /** Since the process started; rates are differences of counters by differences of this. */
  1: required i64 upMillis,
  2: required i32 connections,
  /** Requests that are being worked on, or whose bytes are arriving or leaving. */
  3: required i32 working,
  4: required i64 heapBytes,
  5: required i64 directBytes,
  6: required list<Times> latencies,
}

/** What a process is to its shard: one serves, and at most one other follows it to take over. */
struct Copy {
  1: required bool serving,
  /** Generation of the process that follows this one or that this one follows; 0 for none. */
  2: required i64 other,
  /** Share of the floats that the standby holds, 0 to 1. */
  3: required double filled,
  /** Whether the standby holds everything that was acknowledged. */
  4: required bool inSync,
}

struct StatusReply {
  1: required i32 shard,
  2: required i64 generation,
  3: required i64 parameters,
  4: required i64 memoryBytes,
  5: required i64 version,
  6: required Counters counters,
  7: required StalenessCounts staleness,
  8: required list<AppliedCount> pushes,
  20: optional Load load,
  21: optional Copy copy,
}

/** A stretch of following: what the serving process of a shard tells its standby, numbered from 1 without gaps. */
struct Link {
  /** Generation of the serving process. */
  1: required i64 primary,
  /** Number of the link among those of that process. */
  2: required i64 number,
}

struct LoggedPushes {
  1: required AppliedCount last,
  /** Whether pushes may be missing before the next one. */
  2: required bool mayJump,
  /** Whether a part of the update under way came too late to count. */
  3: required bool late,
  /** Which of the last 64 pushes did not count, the last one in the lowest bit. */
  4: required i64 dropped,
}

/** The parameters of one push, where gradients are gathered. */
struct RoundUnit {
  1: required list<i64> ranges,
  /** Replicas whose gradient has been added. */
  2: required list<i32> givers,
  /** How many gradients have. */
  3: required i32 gradients,
  /** Whether the mean has been applied. */
  4: required bool closed,
}

/** Begins a link. The standby forgets what it had. */
struct FollowRequest {
  /** Generation of the process that is to follow. */
  1: required i64 standby,
  2: required Link link,
  3: required i64 version,
  4: required list<LoggedPushes> pushes,
  /** The round in which gradients are gathered; -1 for none. */
  5: required i64 round,
  6: required list<RoundUnit> units,
  /** Replicas that others wait for, where they do not run as they like; the generation says nothing. */
  7: required list<TurnRequest> participants,
  /** The names of the vectors. */
  8: required list<string> vectors,
  /** Of the last program that was run; 0 for none. */
  9: required i64 term,
  10: required i64 sequence,
  11: required list<double> results,
}

enum ChangeKind {
  /** A push was applied. */
  APPLIED = 1,
  /** A push was added to the sum of the round. */
  GATHERED = 2,
  /** A push came too late to count. */
  LATE = 3,
  /** The mean of what was gathered was applied. */
  MEAN = 4,
  /** A round is over. */
  ROUND_OVER = 5,
  /** A replica takes part from now on, where replicas do not run as they like. */
  JOINED = 6,
  /** It does not any more. */
  LEFT = 7,
  /** A push was added to the vector that it names. */
  ADDED = 8,
  /** A program was run. */
  RAN = 9,
  /** The results of that program, of all chunks. */
  ANSWERED = 10,
}

/** What the update rule is told. */
struct RuleContext {
  1: required i64 version,
  2: required i64 staleness,
  3: required double rateFactor,
}

struct ChangeRequest {
  1: required i64 standby,
  2: required Link link,
  3: required i64 number,
  4: required ChangeKind kind,
  /** APPLIED, GATHERED, LATE, ADDED; its encoding is FLOAT32. */
  5: optional PushRequest push,
  /** APPLIED, MEAN. */
  6: optional RuleContext context,
  /** GATHERED: whether the gradient takes the place of what was there. */
  7: optional bool first = false,
  /** GATHERED: the round in which it counts; ROUND_OVER: the next one. */
  8: optional i64 round = -1,
  /** MEAN: the parameters of one push. */
  9: optional list<i64> ranges,
  /** MEAN: how many gradients were added up. */
  10: optional i32 gradients = 0,
  /** ROUND_OVER: whether parameters have changed. */
  11: optional bool updated = false,
  /** APPLIED: whether the parameters that the gradient was computed from follow it. */
  12: optional bool fetched = false,
  /** JOINED, LEFT. */
  13: optional TurnRequest participant,
  /** RAN: the program; its generation and number of parameters say nothing. */
  14: optional RunRequest program,
  /** ANSWERED. */
  15: optional list<double> results,
}

struct FillRequest {
  1: required i64 standby,
  2: required Link link,
  3: required i64 number,
  /** Index of the chunk. */
  4: required i32 chunk,
}

/** A client on the shard's node asks for memory through which the connection's bytes can go. Each bound is whole pages. */
struct WindowRequest {
  /** Bytes of the ring to the shard. */
  1: required i32 toShard,
  /** Bytes of the ring to the client. */
  2: required i32 toClient,
}

struct WindowReply {
  /** What to open; absent where there is no window. */
  1: optional string path,
  /** How it is called: the link at the path leads to "/memfd:", this, and " (deleted)". */
  2: optional string name,
  /** Why there is no window. */
  3: optional string refused,
}

/** The client has opened the window. */
struct EnterRequest {
  /** The 32 bytes at the window's beginning. */
  1: required binary proof,
}

struct EnterReply {
  /** Whether all that follows on this connection goes through the window, in both directions. */
  1: required bool entered,
}

service Shard {
  /** Does nothing. */
  void ping(),

  StatusReply status(),

  FetchReply fetch(1: FetchRequest request) throws (1: ShardRefused refused),

  TurnReply turn(1: TurnRequest request) throws (1: ShardRefused refused),

  /** A replica has nothing to do for now: nobody need wait for it before it asks for its turn again. */
  void leave(1: LeaveRequest request) throws (1: ShardRefused refused),

  /** Field 1 must come before field 2 on the wire, as every generated client writes it. */
  PushReply push(1: PushRequest request, 2: binary gradient) throws (1: ShardRefused refused),

  /** Sandblaster's coordinator works on vectors by programs, of which it sends one to each shard. */
  RunReply run(1: RunRequest request) throws (1: ShardRefused refused),

  /**
   * Overwrites part of a vector while it arrives; meant for a shard from which nobody fetches yet. Field 1 must come
   * before field 2 on the wire.
   */
  void store(1: StoreRequest request, 2: binary values) throws (1: ShardRefused refused),

  SaveReply save(1: SaveRequest request) throws (1: ShardRefused refused),

  /**
   * For a standby, from the process that it follows. What is told over a link comes in the order of its numbers; a gap
   * is refused.
   */
  void follow(1: FollowRequest request) throws (1: ShardRefused refused),

  /** What has happened; with the floats of the push's gradient, if there is one, and then those it is compared with. */
  void change(1: ChangeRequest request, 2: binary floats) throws (1: ShardRefused refused),

  /** A chunk of every vector that there is between the two changes, in the order of their names, and of the sum where gradients are gathered. */
  void fill(1: FillRequest request, 2: binary values) throws (1: ShardRefused refused),

  /** Nothing changes yet: the client either opens what it is told of, and enters it, or goes on as before. */
  WindowReply window(1: WindowRequest request),

  /** The client sends nothing before the reply. */
  EnterReply enter(1: EnterRequest request),
}
