/**
 * What a model replica and the ApplicationMaster say to each other: plain Thrift binary protocol, unframed, over TCP. A
 * replica reports its whole state at least every second; every report is answered with leases and orders. Reports and
 * replies may be lost: the next ones carry all again. This file is the contract; the Java structs are generated from
 * it by generate.sh, the dispatch is written by hand.
 *
 * No list has more than 65,536 elements: a peer that sends a longer one loses its connection.
 */
namespace java org.distbelief.container.wire.gen
namespace py distbelief.master

enum WirePhase {
  TRAIN = 1,
  EVALUATE = 2,
  FINISH = 3,
}

enum WireKind {
  TRAIN = 1,
  EVALUATE = 2,
}

struct WireLease {
  /** Unique in the job. */
  1: required i64 id,
  2: required i32 epoch,
  /** The portion's id in the manifest's split. */
  3: required i32 portion,
  4: required WireKind kind,
}

struct WireCompleted {
  1: required i64 lease,
  2: required i64 examples,
}

struct WireScored {
  1: required i64 lease,
  2: required double lossSum,
  3: required i64 examples,
  4: required i64 correct,
  5: required i64 groups,
  6: required i64 groupsCorrect,
}

/** Cumulative since the incarnation began. */
struct WireProgress {
  1: required i64 steps,
  2: required i64 examples,
  3: required double lossSum,
  4: required i64 fetches,
  5: required i64 pushes,
  6: required i64 pushesAcknowledged,
  7: required double stalenessSum,
  8: required i64 computeNanos,
  9: required i64 fetchNanos,
  10: required i64 pushNanos,
  11: required i64 waitNanos,
  12: required i64 drawn,
  13: required i64 heapUsed,
  14: required i64 directUsed,
}

struct ReportRequest {
  1: required i32 replica,
  2: required i64 incarnation,
  /** Ascends within the incarnation. */
  3: required i64 sequence,
  /** How many more portions the replica could use now. */
  4: required i32 wanted,
  /** Ids of leases got and not completed. */
  5: required list<i64> held,
  6: required list<WireCompleted> completed,
  7: required list<WireScored> scored,
  8: required WireProgress progress,
}

struct ReportReply {
  1: required WirePhase phase,
  2: required list<WireLease> leases,
  /** The next report is due then at the latest. */
  3: required i64 retryAfterMillis,
  /** No training portions for this replica now: train on what is there, to the last example. */
  4: required bool drain,
}

/** The master does not want this replica; it should end. */
exception ReportRefused {
  1: required string message,
}

service Master {
  ReportReply exchange(1: ReportRequest report) throws (1: ReportRefused refused),
}
