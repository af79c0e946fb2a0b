/* global uPlot */
import { duration } from "./format.js";

const HEIGHT = 230;
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400, 172800, 604800];
const SECONDS = { key: "job", label: "Time", value: (p) => p.seconds, format: duration, steps: TIME_STEPS };
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * A chart of one value against the seconds since the job started, or against something else.
 *
 * @param box element to draw into
 * @param options {label, value: point => number, format and tick: number => text, zero: whether the axis starts at 0,
 *   x: {key: charts of the same share a cursor, label, value: point => number, format: number => text, steps: of its axis}}
 * @returns a function that shows points, oldest first
 */
export function chart(box, { label, value, format, tick, zero, x = SECONDS }) {
  let plot = null;
  let shown = null;

  const none = document.createElement("p");
  none.className = "none";
  none.textContent = "No measurements yet";
  box.replaceChildren(none);

  const axis = (more) => ({
    stroke: css("--quiet"),
    grid: { stroke: css("--grid"), width: 1 },
    ticks: { stroke: css("--grid"), width: 1 },
    font: "12px system-ui, sans-serif",
    ...more,
  });

  const options = () => ({
    width: box.clientWidth,
    height: HEIGHT,
    scales: {
      x: { time: false, range: (u, min, max) => [Math.min(0, min), Math.max(1, max)] },
      y: {
        range: (u, min, max) => {
          if (min === null || max === null) return [0, 1];
          const low = zero ? Math.min(0, min) : min;
          const gap = Math.max(max - low, Math.abs(max) * 0.02, 1e-6) * 0.08;
          return [zero && low === 0 ? 0 : low - gap, max + gap];
        },
      },
    },
    axes: [
      axis({ values: (u, ticks) => ticks.map(x.format), space: 70, incrs: x.steps }),
      axis({ values: (u, ticks) => ticks.map((number) => (number === null ? "" : tick(number))), size: 66 }),
    ],
    series: [
      { label: x.label, value: (u, number) => x.format(number) },
      {
        label,
        stroke: css("--series"),
        width: 2,
        value: (u, number) => (number === null || number === undefined ? "–" : format(number)),
        points: { show: shown[0].length < 3, size: 7, fill: css("--series") },
      },
    ],
    cursor: { sync: { key: x.key }, drag: { x: true, y: false } },
  });

  const draw = () => {
    plot?.destroy();
    box.replaceChildren();
    plot = new uPlot(options(), shown, box);
  };

  new ResizeObserver(() => {
    if (plot && box.clientWidth > 0 && box.clientWidth !== plot.width) {
      plot.setSize({ width: box.clientWidth, height: HEIGHT });
    }
  }).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => plot && draw());

  return (points) => {
    if (!points.length) return;
    const before = shown;
    const numbers = points.map((point) => Number(value(point)));
    shown = [points.map((point) => x.value(point)), numbers.map((n) => (Number.isFinite(n) ? n : null))];
    if (!plot || before[0].length < 3) draw();
    else if (before[0].length !== shown[0].length || before[0].at(-1) !== shown[0].at(-1)) {
      const zoomed = plot.scales.x.max < before[0].at(-1) || plot.scales.x.min > before[0][0];
      plot.setData(shown, !zoomed);
      if (zoomed) plot.redraw();
    }
  };
}
