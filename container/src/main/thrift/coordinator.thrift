/**
 * What a model replica and Sandblaster's coordinator say to each other: plain Thrift binary protocol, unframed, over
 * TCP, on two connections: a report waits for its reply, and signs of life must not wait for it. Reports and replies may
 * be lost: the next ones carry all again. This file is the contract; the Java structs are generated from it by
 * generate.sh, the dispatch is written by hand.
 *
 * No list has more than 65,536 elements: a peer that sends a longer one loses its connection.
 */
namespace java org.distbelief.container.wire.gen
namespace py distbelief.coordinator

/** One evaluation of a batch. */
struct WireBatchId {
  1: required i64 term,
  2: required i64 number,
}

struct WireBatch {
  1: required WireBatchId id,
  /** Name of the vector on the shards at which loss and gradient are wanted. */
  2: required string point,
  /** Seeds what layers such as dropout draw. */
  3: required i64 noise,
}

/** A portion that has been computed, and awaits its verdict. */
struct WireDone {
  1: required i32 portion,
  2: required double lossSum,
  3: required i64 examples,
}

struct WirePush {
  /** Within the term. */
  1: required i64 number,
  /** Name of the vector on the shards that it is for. */
  2: required string into,
}

struct WorkRequest {
  1: required i32 replica,
  2: required i64 incarnation,
  /** Ascends within the incarnation; a report that is sent again keeps it. */
  3: required i64 sequence,
  4: optional WireBatchId batch,
  5: optional WireDone done,
  /** The portion that is interrupted. */
  6: optional i32 working,
  /** Portions added up since the last push was begun. */
  7: required list<i32> bundle,
  /** The push under way. */
  8: optional i64 pushing,
  9: required bool pushed,
  /** Whether a push could begin. */
  10: required bool room,
}

/** What to do, in the order of the fields. */
struct WorkAnswer {
  1: optional WireBatch batch,
  2: required bool keep,
  3: required bool drop,
  4: optional WirePush push,
  5: optional i32 compute,
  6: required list<i32> ahead,
}

struct BeatRequest {
  1: required i32 replica,
  2: required i64 incarnation,
  3: optional WireBatchId batch,
  4: optional i32 working,
}

struct BeatAnswer {
  /** Whether to report between two mini-batches. */
  1: required bool report,
}

enum RefusalKind {
  /** The replica has been replaced; it should end. */
  REPLACED = 1,
  /** Another coordinator leads, or will soon: look it up. */
  NOT_LEADING = 2,
}

exception WorkRefused {
  1: required RefusalKind kind,
  2: required string message,
}

service Coordinator {
  /** Answered within a few seconds. */
  WorkAnswer report(1: WorkRequest report) throws (1: WorkRefused refused),
  /** Answered at once. */
  BeatAnswer beat(1: BeatRequest beat) throws (1: WorkRefused refused),
}
