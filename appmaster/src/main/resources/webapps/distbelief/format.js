/** Numbers and times as people read them. Every function takes what JSON gives, also null and "NaN". */

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const NONE = "–";

const isNumber = (value) => value !== null && value !== undefined && Number.isFinite(Number(value));

export const count = (value) => (isNumber(value) ? whole.format(Number(value)) : NONE);

export const compact = (value) => (isNumber(value) ? short.format(Number(value)) : NONE);

export function decimal(value) {
  if (value === null || value === undefined) return NONE;
  const number = Number(value);
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "not a number" : "infinite";
  if (number !== 0 && (Math.abs(number) < 1e-3 || Math.abs(number) >= 1e5)) return number.toExponential(2);
  return number.toFixed(Math.abs(number) >= 100 ? 1 : 4);
}

export const significant = (value) => (isNumber(value) ? String(Number(Number(value).toPrecision(3))) : NONE);

export const percent = (share, digits = 1) =>
  isNumber(share) ? `${(Number(share) * 100).toFixed(digits)} %` : NONE;

export function rate(value) {
  if (!isNumber(value)) return NONE;
  const number = Number(value);
  return `${number > 0 && number < 10 ? number.toFixed(1) : whole.format(number)}/s`;
}

export function bytes(value) {
  if (!isNumber(value)) return NONE;
  let number = Number(value);
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let unit = 0;
  while (number >= 1024 && unit < units.length - 1) {
    number /= 1024;
    unit++;
  }
  return `${unit === 0 || number >= 100 ? number.toFixed(0) : number.toFixed(1)} ${units[unit]}`;
}

export function micros(value) {
  if (!isNumber(value) || Number(value) <= 0) return NONE;
  const number = Number(value);
  if (number < 1000) return `${number.toFixed(0)} µs`;
  const [rest, unit] = number < 1e6 ? [number / 1e3, "ms"] : [number / 1e6, "s"];
  return `${rest.toFixed(rest < 10 ? 2 : rest < 100 ? 1 : 0)} ${unit}`;
}

/** A bar for each number, as high as it is beside the greatest. */
export function bars(numbers) {
  const heights = "▁▂▃▄▅▆▇█";
  const most = Math.max(1, ...numbers);
  return numbers.map((n) => (n > 0 ? heights[Math.floor((n * (heights.length - 1)) / most)] : "·")).join("");
}

export function duration(seconds) {
  if (!isNumber(seconds)) return NONE;
  const all = Math.max(0, Math.round(Number(seconds)));
  const two = (n) => String(n).padStart(2, "0");
  const clock = `${Math.floor((all % 86400) / 3600)}:${two(Math.floor((all % 3600) / 60))}:${two(all % 60)}`;
  return all >= 86400 ? `${Math.floor(all / 86400)} d ${clock}` : clock.replace(/^0:/, "");
}

export const clock = (millis) =>
  new Date(millis).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export const day = (millis) => new Date(millis).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
