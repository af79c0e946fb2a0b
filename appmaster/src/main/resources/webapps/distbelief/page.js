import { byId, events, facts, setClass, setLink, setText, table } from "./dom.js";
import { chart } from "./charts.js";
import { batches, headFigures, lossChart, portionsOf } from "./sandblaster.js";
import { bars, bytes, clock, compact, count, day, decimal, duration, micros, percent, rate, significant } from "./format.js";

const PERIOD = 1000;
const SLOWEST = 10_000;
const PATIENCE = 5000;
const ENDED = ["SUCCEEDED", "FAILED", "KILLED"];
const TONES = { STARTING: "wait", SUCCEEDED: "good", FAILED: "bad", KILLED: "bad" };
let snapshotEnded = false;
const words = (state) => state.charAt(0) + state.slice(1).toLowerCase();

const tone = {
  running: "good",
  stopped: "bad",
  waiting: "wait",
  starting: "wait",
  "taking over": "wait",
  "in sync": "good",
  filling: "wait",
  former: "wait",
};
const standbyStates = {
  waiting: "No container has been found for it yet; the job goes on without it",
  starting: "It was started, and the shard does not know it yet",
  filling: "It holds a part of the shard, and can’t take over yet",
  "in sync": "It holds all that the shard has acknowledged, and can take over",
  former: "It served the shard before, and is to be replaced",
};
const lastPart = (container) => (container ? container.slice(container.lastIndexOf("_") + 1) : null);
const place = [
  {
    title: "State",
    cell: (row) => ({
      text: row.state === "filling" ? `filling ${percent(row.filled, 0)}` : words(row.state),
      tone: row.state === "stopped" && snapshotEnded ? "" : tone[row.state],
      title: row.standby === true ? standbyStates[row.state] : "",
    }),
  },
  {
    title: "Node",
    cell: (row) => ({
      text: row.split ? row.placement || "–" : row.sameNode ? "same node" : (row.host ?? "–"),
      title: row.sameNode ? `${row.host}, as the shard that it follows: if the node is lost, both are` : "",
      tone: row.sameNode ? "wait" : "",
    }),
  },
  {
    title: "Log",
    help: "The container’s number, linked to its log",
    cell: (row) => (row.split ? "" : { text: lastPart(row.container) ?? "–", link: row.log, title: row.container }),
  },
];
/** A shard that is followed has a row for itself and one for its standby. */
const withStandby = (shard) =>
  shard.standby ? [shard, { ...shard.standby, standby: true, takeovers: shard.takeovers }] : [shard];
const takeoverCount = (n) => ({
  text: n > 0 ? `${n} takeover${n > 1 ? "s" : ""}` : "",
  title: n > 0 ? "How often a standby of this shard has taken over; nothing was lost then" : "",
});
/** What is told of the shard alone. */
const served = (column) => ({ ...column, cell: (row) => (row.standby === true ? "" : column.cell(row)) });

/** Columns of what only asynchronous updates have; Sandblaster computes batches instead. */
const updatesOnly = (columns, job) => (job.sandblaster ? [] : columns);
const batchesOnly = (columns, job) => (job.sandblaster ? columns : []);

const shardTable = (job) => table(
  byId("shards"),
  [
    {
      title: "Shard",
      cell: (row) =>
        row.standby === true
          ? { text: "standby", tone: "part", title: "It follows the shard, and takes over when that is lost" }
          : row.index,
    },
    ...place,
    {
      title: "Parameters",
      number: true,
      cell: (row) =>
        row.standby === true ? takeoverCount(row.takeovers) : { text: compact(row.parameters), title: count(row.parameters) },
    },
    ...[
      { title: "Memory", number: true, cell: (row) => bytes(row.memoryBytes) },
      ...updatesOnly([
        { title: "Updates", number: true, help: "Updates applied", cell: (row) => count(row.version) },
        { title: "Pushes", number: true, help: "Pushes applied, each once", cell: (row) => count(row.pushes) },
        { title: "Repeats", number: true, help: "Retries that were recognised and not applied again", cell: (row) => count(row.duplicates) },
        { title: "Dropped", number: true, help: "Pushes that came too late to count, where the replicas go in step", cell: (row) => count(row.dropped) },
      ], job),
      { title: "Fetches", number: true, cell: (row) => count(row.fetches) },
      { title: "Received", number: true, cell: (row) => bytes(row.bytesIn) },
      { title: "Sent", number: true, cell: (row) => bytes(row.bytesOut) },
      ...updatesOnly([
        {
          title: "Staleness",
          number: true,
          help: "Updates applied between a push’s fetch and the push: mean, and the most",
          cell: (row) => `${Number(row.meanStaleness).toFixed(1)} (max ${count(row.maxStaleness)})`,
        },
      ], job),
      { title: "Restarts", number: true, cell: (row) => ({ text: row.restarts, tone: row.restarts > 0 ? "wait" : "" }) },
    ].map(served),
  ],
  "The job has no parameter shards yet.",
);

const perSecond = (value) => (snapshotEnded ? "–" : `${bytes(value)}/s`);
const never = { count: 0, mean: 0, p50: 0, p90: 0, p99: 0, max: 0 };
/** Half and 99 of a hundred took no longer; the rest when pointed at. */
const times = (row, what) => {
  const t = row.work.latencies[what] ?? never;
  return {
    text: t.count ? `${micros(t.p50)} / ${micros(t.p99)}` : "–",
    title: t.count ? `${count(t.count)}: mean ${micros(t.mean)}, 90 % within ${micros(t.p90)}, longest ${micros(t.max)}` : "",
  };
};
const stalenessOf = (i) => (i < 2 ? `${i}` : `${2 ** (i - 1)}–${2 ** i - 1}`);
const workTable = (job) => table(
  byId("shard-work"),
  [
    { title: "Shard", cell: (row) => row.index },
    { title: "In", number: true, help: "Bytes of pushes over the last seconds", cell: (row) => perSecond(row.work.bytesInPerSecond) },
    { title: "Out", number: true, help: "Bytes of fetches over the last seconds", cell: (row) => perSecond(row.work.bytesOutPerSecond) },
    { title: "Fetches", number: true, help: "Fetches over the last seconds", cell: (row) => (snapshotEnded ? "–" : rate(row.work.fetchesPerSecond)) },
    {
      title: "Fetch p50 / p99",
      number: true,
      help: "Time of a fetch in the shard: from the first byte of the request to the last of the reply",
      cell: (row) => times(row, "fetch"),
    },
    ...updatesOnly([
      { title: "Updates", number: true, help: "Updates applied over the last seconds", cell: (row) => (snapshotEnded ? "–" : rate(row.work.pushesPerSecond)) },
    ], job),
    {
      title: "Push p50 / p99",
      number: true,
      help: "Time of a push in the shard: from the first byte of the request to the last of the reply",
      cell: (row) => times(row, "push"),
    },
    ...updatesOnly([
      { title: "Locks p50 / p99", number: true, help: "The part of a push in which it waited for others", cell: (row) => times(row, "pushLockWait") },
    ], job),
    ...batchesOnly([
      { title: "Program p50 / p99", number: true, help: "Time of a coordinator’s program: operations on whole vectors, in the shard", cell: (row) => times(row, "run") },
    ], job),
    { title: "Working", number: true, help: "Requests being worked on now, or arriving or leaving", cell: (row) => count(row.work.working) },
    { title: "Open", number: true, help: "Connections", cell: (row) => count(row.work.connections) },
    { title: "Heap", number: true, help: "Java heap in use, garbage included", cell: (row) => bytes(row.work.heapBytes) },
    { title: "Buffers", number: true, help: "Memory off the heap: vectors and what travels", cell: (row) => bytes(row.work.directBytes) },
    ...updatesOnly([
      {
        title: "Staleness",
        help: "Pushes by staleness 0, 1, 2–3, 4–7, ...",
        cell: (row) => ({
          text: bars(row.work.staleness),
          title: row.work.staleness.map((n, i) => `${stalenessOf(i)}: ${count(n)}`).join(", "),
          tone: "bars",
        }),
      },
    ], job),
  ],
  "Nothing is known of the shards yet.",
);

/** A replica of one piece has one row; one that is split has a row for itself and one for each of its partitions. */
const withPartitions = (replica) =>
  replica.partitions.length > 1
    ? [{ ...replica, split: true }, ...replica.partitions.map((partition) => ({ ...partition, partition: true }))]
    : [replica];
/** What is told of a replica as a whole. */
const whole = (column) => ({ ...column, cell: (row) => (row.partition ? "" : column.cell(row)) });

const replicaTable = (job) => table(
  byId("replicas"),
  [
    {
      title: "Replica",
      cell: (row) =>
        row.partition
          ? { text: `partition ${row.index}`, tone: "part", title: row.rack ? `rack ${row.rack}` : "" }
          : row.index,
    },
    ...place,
    ...[
      { title: "Steps", number: true, help: "Mini-batches computed", cell: (row) => count(row.steps) },
      { title: "Examples", number: true, cell: (row) => count(row.examples) },
      { title: "Examples/s", number: true, cell: (row) => rate(row.examplesPerSecond) },
      { title: "Loss", number: true, cell: (row) => decimal(row.loss) },
      ...updatesOnly([
        { title: "Pushes", number: true, help: "Pushes acknowledged by every shard", cell: (row) => count(row.pushesAcknowledged) },
      ], job),
      { title: "Computing", number: true, cell: (row) => percent(row.computeShare, 0) },
      { title: "Waiting", number: true, help: "For fetches, pushes or data", cell: (row) => percent(row.waitShare, 0) },
      ...updatesOnly([
        { title: "Portions", number: true, help: "Portions of the data it works on", cell: (row) => count(row.openLeases) },
      ], job),
      ...batchesOnly([
        { title: "Portions", number: true, help: "Portions that count for a batch, since the present term began", cell: (row) => count(row.portions) },
      ], job),
      { title: "Restarts", number: true, cell: (row) => ({ text: row.restarts, tone: row.restarts > 0 ? "wait" : "" }) },
    ].map(whole),
  ],
  "The job has no model replicas yet.",
);

const timedLoss = () => chart(byId("loss-chart"), { label: "Loss", value: (p) => p.loss, format: decimal, tick: significant, zero: false });
const showRate = chart(byId("rate-chart"), { label: "Examples/s", value: (p) => p.examplesPerSecond, format: compact, tick: compact, zero: true });

/** How the job's parts are shown, which depends on its optimiser; made when the first word of it has come. */
let views = null;
const make = (job) => ({
  shards: shardTable(job),
  work: workTable(job),
  replicas: replicaTable(job),
  loss: job.sandblaster ? lossChart(byId("loss-chart")) : timedLoss(),
  batches: job.sandblaster ? batches(place) : () => {},
});

function showHead(job) {
  const share = Math.floor(Math.min(1, Math.max(0, Number(job.progress) || 0)) * 1000) / 10;
  document.title = `${snapshotEnded ? words(job.state) : `${Math.floor(share)} %`} · ${job.name} · DistBelief`;
  setText(byId("name"), job.name);
  setText(byId("identity"), `${job.application} · ${job.kind} · ${job.user} · started ${day(job.startedMillis)}`);
  setText(byId("state"), words(job.state));
  setClass(byId("state"), `state ${TONES[job.state] ?? "busy"}`);
  setText(byId("message"), job.message);
  byId("progress").value = share / 100;
  setText(byId("percent"), `${share.toFixed(1)} %`);
  facts(byId("figures"), [
    ["Examples", job.examplesTotal ? `${compact(job.examplesDone)} / ${compact(job.examplesTotal)}` : null],
    ["Epoch", job.epochs ? `${job.epoch} / ${job.epochs}` : null],
    ...(job.sandblaster ? headFigures(job.sandblaster) : []),
    ["Examples/s", snapshotEnded ? null : rate(job.examplesPerSecond)],
    ["Training loss", job.kind === "train" ? decimal(job.loss) : null],
    ["Elapsed", duration((job.nowMillis - job.startedMillis) / 1000)],
    ["Time left", snapshotEnded ? null : duration(job.secondsLeft)],
  ]);
}

function showFailure(failure) {
  byId("failure").hidden = !failure;
  if (!failure) return;
  facts(byId("failure-facts"), [
    ["What", failure.role],
    ["Reason", failure.reason],
    ["Exit status", failure.exitStatus],
    ["Container", failure.container],
    ["Node", failure.host],
    ["Log", failure.log, { link: failure.log }],
  ]);
  byId("failure-lines").hidden = !failure.lastLines.length;
  setText(byId("failure-lines"), failure.lastLines.join("\n"));
}

function showResults(job) {
  const score = job.evaluation;
  facts(
    byId("evaluation"),
    score
      ? [
          ["Accuracy", percent(score.accuracy, 2)],
          ["Accuracy of whole utterances", score.groups > 0 ? `${percent(score.groupAccuracy, 2)} of ${count(score.groups)}` : null],
          ["Loss", decimal(score.loss)],
          ["Examples", count(score.examples)],
          ["Split", score.split],
        ]
      : [["Result", snapshotEnded ? "none" : "not yet"]],
  );
  const saved = job.checkpoint;
  facts(byId("checkpoint"), [
    ["Last checkpoint", saved ? saved.name : "none yet"],
    ["Committed", saved ? clock(saved.atMillis) : null],
    [job.sandblaster ? "After examples" : "At example", saved ? count(saved.examplesDone) : null],
    ["Size", saved ? bytes(saved.bytes) : null],
    ["Model", job.model, { wide: true }],
    ["Output", job.output, { wide: true }],
  ]);
  const ledger = job.ledger;
  facts(byId("data"), [
    ["Portions completed", `${count(ledger.portionsCompleted)} / ${count(ledger.portions * Math.max(1, job.epochs))}`],
    ["Their examples", count(ledger.examplesCompleted)],
    ["Portions being worked on", count(ledger.leasesOpen)],
    ["Given out again after a loss", count(ledger.leasesReturned)],
  ]);
}

const withPortions = (job, row) => (job.sandblaster ? { ...row, portions: portionsOf(job.sandblaster, row.index) } : row);

function show(job) {
  views ??= make(job);
  snapshotEnded = ENDED.includes(job.state);
  showHead(job);
  showFailure(job.failure);
  showResults(job);
  byId("charts").hidden = job.kind !== "train";
  if (job.kind === "train") {
    views.loss(job.sandblaster ? job.sandblaster.series : job.series);
    showRate(job.series);
  }
  views.batches(job, snapshotEnded);
  views.shards(job.shards.flatMap(withStandby));
  views.work(job.shards.filter((row) => row.work));
  views.replicas(job.replicas.map((row) => withPortions(job, row)).flatMap(withPartitions));
  events(byId("events"), job.events, clock);
}

let latest = null;
let heardAt = null;
let silent = 0;

function showBanner() {
  const banner = byId("banner");
  const say = (kind, text) => {
    setText(banner, text);
    setClass(banner, `banner ${kind}`);
    banner.hidden = !text;
  };
  if (snapshotEnded) {
    const how = { SUCCEEDED: "It succeeded.", FAILED: "It failed.", KILLED: "It was stopped on request." }[latest.state];
    say(latest.state === "SUCCEEDED" ? "good" : "bad", `This job has ended. ${how} The page shows its last state.`);
  } else if (silent >= 3) {
    const since = heardAt ? `has not answered since ${clock(heardAt)}` : "does not answer";
    const what = latest ? ` What you see is the last state known; “status ${latest.application}” tells whether it has ended.` : "";
    say("trouble", `The job ${since}. It may have ended, or its ApplicationMaster may be starting again.${what}`);
  } else say("", "");
  setText(byId("heard"), heardAt ? `Last heard from the job at ${clock(heardAt)}` : "");
}

async function fetchJob() {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const response = await fetch("api/job", { cache: "no-store", signal: stop.signal });
    const type = response.headers.get("content-type") ?? "";
    return response.ok && type.includes("application/json") ? await response.json() : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

async function poll() {
  const job = await fetchJob();
  if (job) {
    latest = job;
    heardAt = Date.now();
    silent = 0;
  } else silent++;
  try {
    if (job) show(job);
    showBanner();
  } finally {
    if (!snapshotEnded) setTimeout(poll, Math.min(SLOWEST, PERIOD * 2 ** Math.max(0, silent - 3)));
  }
}

poll();
