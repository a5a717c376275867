import type { TraceRow } from 'local-xray/console-api';
import { clock } from '../format';
import { statusOf, type Status } from '@nestjs-xray/trace';
import { timeOf } from './trace-list';
import { dayOf } from './when';

/** A trace as a point; x and y from 0 to 1, y from the top. */
export interface Point {
  x: number;
  y: number;
  status: Status;
  row: TraceRow;
}

/** The range of a time axis, in epoch seconds. */
export interface TimeAxis {
  from: number;
  to: number;
}

/** The ranges of both axes: time, and powers of ten of seconds. */
export interface Axes extends TimeAxis {
  /** 10 ** low seconds is at the bottom. */
  low: number;
  high: number;
}

/** Axes that contain all rows. The duration axis has at least two whole powers of ten. */
export function axesOf(rows: readonly TraceRow[], from: number, to: number): Axes {
  let least = Infinity;
  let most = 0;
  for (const row of rows) {
    const time = Math.max(timeOf(row), 1e-6);
    least = Math.min(least, time);
    most = Math.max(most, time);
  }
  if (most === 0) [least, most] = [0.001, 1];
  // Adding 0 turns −0, which Math.ceil returns for 0.999 s, into 0.
  const high = Math.ceil(Math.log10(most) - 1e-9) + 0;
  const low = Math.min(Math.floor(Math.log10(least) + 1e-9), high - 2);
  return { from, to, low, high };
}

/** The points in drawing order: errors and faults last, so that they are on top. */
export function pointsOf(rows: readonly TraceRow[], axes: Axes): Point[] {
  const width = axes.to - axes.from;
  const byStatus: Record<Status, Point[]> = { ok: [], error: [], throttle: [], fault: [] };
  for (const row of rows) {
    const x = width > 0 ? (row.start - axes.from) / width : 0.5;
    if (x < 0 || x > 1) continue;
    const power = Math.log10(Math.max(timeOf(row), 1e-6));
    const y = 1 - (power - axes.low) / (axes.high - axes.low);
    const status = statusOf(row);
    byStatus[status].push({ x, y: Math.min(Math.max(y, 0), 1), status, row });
  }
  return [...byStatus.ok, ...byStatus.error, ...byStatus.throttle, ...byStatus.fault];
}

/** The labels 10 ms, 100 ms, 1 s and so on, with their heights. */
export function powerLabels({ low, high }: Axes): { y: number; text: string }[] {
  const step = Math.max(1, Math.ceil((high - low) / 5));
  const labels: { y: number; text: string }[] = [];
  for (let power = low; power <= high; power += step) {
    labels.push({ y: 1 - (power - low) / (high - low), text: powerText(power) });
  }
  return labels;
}

function powerText(power: number): string {
  if (power >= 3) return `${(10 ** power).toLocaleString('en-US')} s`;
  if (power >= 0) return `${10 ** power} s`;
  if (power >= -3) return `${10 ** (power + 3)} ms`;
  return `${10 ** (power + 6)} µs`;
}

const STEPS = [
  0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
  10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000,
];

/** Round times across the axis, about `wanted` of them, at x from 0 to 1. */
export function timeLabels({ from, to }: TimeAxis, wanted: number): { x: number; text: string }[] {
  const span = to - from;
  if (!(span > 0)) return [];
  const step = STEPS.find((one) => span / one <= wanted) ?? span / wanted;
  const zone = new Date(from * 1000).getTimezoneOffset() * 60;
  const labels: { x: number; text: string }[] = [];
  for (let at = Math.ceil((from - zone) / step) * step + zone; at <= to; at += step) {
    const text =
      step >= 86_400
        ? DATE.format(at * 1000)
        : step >= 60
          ? clock(at).slice(0, 5)
          : step >= 1
            ? clock(at).slice(0, 8)
            : clock(at).slice(3);
    labels.push({ x: (at - from) / span, text });
  }
  // No midnight on the axis shows the day, so the first label does.
  const [first] = labels;
  const day = dayOf(from);
  if (first && day && step < 86_400 && midnights({ from, to }).length === 0)
    first.text = `${day} ${first.text}`;
  return labels;
}

const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
/** With more midnights than this, the labels of the axis are dates. */
const MOST_MIDNIGHTS = 8;

/** The midnights on the axis, with the day that begins then; x from 0 to 1. */
export function midnights({ from, to }: TimeAxis): { x: number; text: string }[] {
  const found: { x: number; text: string }[] = [];
  const at = new Date(from * 1000);
  at.setHours(24, 0, 0, 0);
  while (at.getTime() / 1000 < to) {
    found.push({
      x: (at.getTime() / 1000 - from) / (to - from),
      text: DAY.format(at).replace(',', ''),
    });
    if (found.length > MOST_MIDNIGHTS) return [];
    // Use the calendar, because days on which clocks change have 23 or 25 hours.
    at.setDate(at.getDate() + 1);
  }
  return found;
}

/** The point nearest to a position, in pixels. Undefined if none is within `within` pixels. */
export function nearestPoint(
  points: readonly Point[],
  at: { x: number; y: number },
  size: { width: number; height: number },
  within = 10,
): Point | undefined {
  let best: Point | undefined;
  let least = within * within;
  for (const point of points) {
    const dx = point.x * size.width - at.x;
    const dy = point.y * size.height - at.y;
    const distance = dx * dx + dy * dy;
    if (distance <= least) {
      least = distance;
      best = point;
    }
  }
  return best;
}
