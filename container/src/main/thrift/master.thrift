/**
 * What model replicas, Sandblaster's coordinators and the ApplicationMaster say to each other: plain Thrift binary
 * protocol, unframed, over TCP. A replica reports its whole state at least every second; every report is answered with leases and orders. Reports and
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

/** What Sandblaster has come to. Its vectors are on the shards. */
struct WireStanding {
  /** Iterations done. */
  1: required i64 iteration,
  2: required double loss,
  3: required double gradientNorm,
  4: required double step,
  /** Losses and gradients that the last iteration took. */
  5: required i32 evaluations,
  /** Examples computed in all. */
  6: required i64 examples,
  7: required list<string> vectors,
  /** Whether the vector "parameters" is the point that it has come to. */
  8: required bool settled,
  /** Words of the coordinator's own. */
  9: required string state,
}

struct CoordinatorReportRequest {
  1: required i32 coordinator,
  2: required i64 start,
  /** Whether ZooKeeper has elected it. */
  3: required bool elected,
  /** The term that it leads, or has led last; 0 for none. */
  4: required i64 term,
  5: optional WireStanding standing,
  /** It waits between two iterations, as it was told to. */
  6: required bool held,
  /** Why there are no more iterations. */
  7: optional string ended,
  /** JSON for people. */
  8: required string figures,
  /** Whether it leads. */
  9: required bool leads,
}

enum WireOrder {
  STAND_BY = 1,
  LEAD = 2,
  HOLD = 3,
  FINISH = 4,
}

struct WireReplicaPlace {
  1: required i32 replica,
  2: required i64 incarnation,
  3: required string host,
}

struct CoordinatorReportReply {
  1: required WireOrder order,
  /** In which to lead; another one than the coordinator's begins from the standing. */
  2: required i64 term,
  3: optional WireStanding standing,
  4: required list<WireReplicaPlace> replicas,
}

/** The master does not want this process; it should end. */
exception ReportRefused {
  1: required string message,
}

service Master {
  CoordinatorReportReply coordinate(1: CoordinatorReportRequest report) throws (1: ReportRefused refused),

  ReportReply exchange(1: ReportRequest report) throws (1: ReportRefused refused),
}
