/** What the page shows of a job that Sandblaster L-BFGS trains. */
import { byId, facts, setText, table } from "./dom.js";
import { chart } from "./charts.js";
import { bytes, compact, count, decimal, rate, significant } from "./format.js";

const STEPS = [1, 2, 5].flatMap((n) => [0, 1, 2, 3, 4, 5, 6].map((power) => n * 10 ** power)).sort((a, b) => a - b);

/** Loss against iterations. */
export const lossChart = (box) =>
  chart(box, {
    label: "Loss",
    value: (point) => point.loss,
    format: decimal,
    tick: significant,
    zero: false,
    x: { key: "iterations", label: "Iteration", value: (point) => point.iteration, format: count, steps: STEPS },
  });

/** The figures at the head of the page that other optimisers don't have. */
export const headFigures = (work) => [
  ["Iteration", `${count(work.iteration)} / ${count(work.iterations)}`],
  ["Gradient length", decimal(work.gradientNorm)],
];

/** How many portions of a replica count. */
export const portionsOf = (work, replica) =>
  work.batch ? (work.batch.replicas.find((share) => share.replica === replica)?.portions ?? 0) : null;

function showIteration(work) {
  const last = work.series.at(-1);
  const began = last && last.iteration > 0;
  facts(byId("iteration"), [
    ["Iterations done", `${count(work.iteration)} of at most ${count(work.iterations)}`],
    ["Loss", decimal(work.loss)],
    ["Gradient length", decimal(work.gradientNorm)],
    ["Step length", began ? decimal(last.step) : null],
    ["Evaluations for it", began ? count(last.evaluations) : null],
    ["Examples computed", compact(work.examples)],
    ["Ended", work.ended, { prose: true }],
  ]);
}

function showBatch(work, ended) {
  const batch = work.batch;
  setText(byId("batch-title"), ended || work.ended ? "Last batch" : "Batch under way");
  const won = batch?.backupsStarted ? `, ${count(batch.backupsWon)} came first` : "";
  facts(
    byId("batch"),
    batch
      ? [
          ["Portions done", `${count(batch.portionsDone)} / ${count(batch.portions)}`],
          ["Rate of the last", batch.examplesPerSecond > 0 ? rate(batch.examplesPerSecond) : null],
          ["Evaluations", count(batch.evaluations)],
          ["Backup copies", `${count(batch.backupsStarted)}${won}`],
          ["Results dropped", count(batch.dropped)],
          ["Given out again", count(batch.redone)],
        ]
      : [["Evaluations", "none yet"]],
  );
}

/** An iteration's share of what was counted in this term: an evaluation's, times an iteration's evaluations. */
function iterationsShare(work) {
  const done = work.series.filter((point) => point.iteration > 0);
  if (!done.length || !work.batch?.evaluations) return null;
  return done.reduce((sum, point) => sum + point.evaluations, 0) / done.length / work.batch.evaluations;
}

function showCoordination(work) {
  const batch = work.batch;
  const share = iterationsShare(work);
  const traffic = (part) => `${bytes(part * batch.bytesToShards)} / ${bytes(part * batch.bytesFromShards)}`;
  facts(byId("coordination"), [
    ["Leads", work.leader === null ? "none" : `coordinator ${work.leader}`],
    ["Term", work.term || null],
    ["Leaders so far", work.leaders || null],
    ["To / from shards", batch ? traffic(1) : null],
    ["About, an iteration", share === null ? null : traffic(share)],
  ]);
}

/**
 * The table of the coordinators.
 *
 * @param place columns that tell where a container is
 * @returns a function that shows a job's
 */
function coordinatorTable(place) {
  const show = table(
    byId("coordinators"),
    [
      { title: "Coordinator", cell: (row) => row.index },
      ...place,
      {
        title: "Role",
        cell: (row) => (row.leads ? "leads" : row.state === "running" ? "stands by" : "–"),
      },
      { title: "Restarts", number: true, cell: (row) => ({ text: row.restarts, tone: row.restarts > 0 ? "wait" : "" }) },
    ],
    "The job has no coordinators yet.",
  );
  return (job) =>
    show(job.coordinators.map((row) => ({ ...row, log: row.logs, leads: row.index === job.sandblaster.leader })));
}

/**
 * Shows all that is Sandblaster's alone.
 *
 * @param place columns that tell where a container is
 * @returns a function of the job and whether it has ended
 */
export function batches(place) {
  const showCoordinators = coordinatorTable(place);
  for (const id of ["optimiser", "coordinators-card"]) byId(id).hidden = false;
  byId("data-card").hidden = true;
  setText(byId("loss-title"), "Loss after each iteration");
  return (job, ended) => {
    showIteration(job.sandblaster);
    showBatch(job.sandblaster, ended);
    showCoordination(job.sandblaster);
    showCoordinators(job);
  };
}
