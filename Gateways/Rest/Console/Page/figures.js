// Numbers, times and sizes for people, in the page's language.
import { language } from "./words.js";

const cache = new Map();
const of = (kind, options) => {
  const key = kind.name + language + JSON.stringify(options);
  if (!cache.has(key)) cache.set(key, new kind(language, options));
  return cache.get(key);
};

export const count = value => value == null ? "–" : of(Intl.NumberFormat, { maximumFractionDigits: 0, useGrouping: "always" }).format(value);
export const decimal = (value, digits = 1) => value == null ? "–" : of(Intl.NumberFormat, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
export const percent = value => of(Intl.NumberFormat, { style: "percent", maximumFractionDigits: value < 0.1 ? 1 : 0 }).format(value);

export function bytes(value) {
  if (value == null) return "–";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit++; }
  return `${decimal(value, unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
}

export function when(text) {
  if (!text) return "–";
  const at = new Date(text), isToday = at.toDateString() === new Date().toDateString();
  return of(Intl.DateTimeFormat, isToday
    ? { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }
    : { year: "2-digit", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

export function ago(text) {
  if (!text) return "–";
  const seconds = (new Date(text) - Date.now()) / 1000, size = Math.abs(seconds);
  const [unit, length] = size < 60 ? ["second", 1] : size < 3600 ? ["minute", 60] : size < 86400 ? ["hour", 3600] : ["day", 86400];
  return of(Intl.RelativeTimeFormat, { numeric: "auto", style: "short" }).format(Math.round(seconds / length), unit);
}

export function duration(seconds) {
  if (seconds == null) return "–";
  if (seconds < 60) return `${decimal(seconds, seconds < 10 ? 1 : 0)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}
