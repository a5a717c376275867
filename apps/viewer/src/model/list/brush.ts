import { and } from '../filter/filter-text';
import { duration } from '../format';
import type { Axes } from './scatter';
import { whenOf } from './when';

/** A selected part of the chart: a range of time, of duration, or both. An omitted bound is open. */
export interface Brush {
  /** Epoch seconds. */
  from?: number;
  to?: number;
  /** Seconds. */
  fastest?: number;
  slowest?: number;
}

export type Edge = keyof Brush;

const NUMBER = String.raw`(\d+(?:\.\d+)?(?:e-?\d+)?)?`;
const WRITTEN = new RegExp(`^${NUMBER}-${NUMBER}(?:~${NUMBER}-${NUMBER})?$`);

/** Parses a selection in the address: `1795354386-1795354400`, or `-~0.9-` for traces of at least 0.9 s. */
export function parseBrush(text: string): Brush | undefined {
  const parts = WRITTEN.exec(text)?.slice(1) ?? [];
  const brush: Brush = {};
  for (const [at, edge] of (['from', 'to', 'fastest', 'slowest'] as const).entries())
    if (parts[at] !== undefined) brush[edge] = Number(parts[at]);
  return tidy(brush);
}

/** Formats a selection for the address. Undefined if nothing is selected. */
export function formatBrush(brush: Brush | undefined): string | undefined {
  const { from, to, fastest, slowest } = (brush && tidy(brush)) ?? {};
  const time = `${shortened(from)}-${shortened(to)}`;
  const took = `${fastest ?? ''}-${slowest ?? ''}`;
  if (took !== '-') return `${time}~${took}`;
  return time === '-' ? undefined : time;
}

function shortened(time: number | undefined): string {
  return time === undefined ? '' : String(+time.toFixed(3));
}

/** Undefined if nothing is selected, or no trace can be in the selection. */
function tidy(brush: Brush): Brush | undefined {
  const { from = 0, to = Infinity, fastest = 0, slowest = Infinity } = brush;
  if (Object.keys(brush).length === 0 || from >= to || fastest >= slowest) return undefined;
  return brush;
}

/** The filter for the durations of a selection. Empty if it includes all. */
export function durationFilter(
  { fastest, slowest }: Brush,
  keyword: 'duration' | 'responsetime',
): string {
  return and(
    fastest === undefined ? '' : `${keyword} >= ${fastest}`,
    slowest === undefined ? '' : `${keyword} < ${slowest}`,
  );
}

const TOOK = /^(duration|responsetime) (>=|<) (\d+(?:\.\d+)?(?:e-?\d+)?)$/;

/** Splits off the durations that `and()` added to a filter as its last conditions. */
export function splitDurations(filter: string): { rest: string; took: Brush } {
  const parts = filter.split(' AND ');
  const took: Brush = {};
  let keyword: string | undefined;
  for (;;) {
    const [, name, sign, value] = TOOK.exec(parts.at(-1) ?? '') ?? [];
    const edge = sign === '<' ? 'slowest' : 'fastest';
    if (name === undefined || took[edge] !== undefined) break;
    keyword = name;
    took[edge] = Number(value);
    parts.pop();
  }
  const rest = parts.join(' AND ');
  const again = keyword && and(rest, durationFilter(took, keyword as 'duration'));
  // In `a OR b AND duration > 1` the duration belongs to one part only.
  return again === filter ? { rest, took } : { rest: filter, took: {} };
}

/** Describes a selection: `slower than 900 ms, 09:45:00 – 14:06:00`. */
export function brushWords({ from, to, fastest, slowest }: Brush): string {
  const time = (at: number): string => whenOf(at, { seconds: true });
  const took =
    fastest !== undefined && slowest !== undefined
      ? `${duration(fastest)} to ${duration(slowest)}`
      : fastest !== undefined
        ? `slower than ${duration(fastest)}`
        : slowest !== undefined
          ? `faster than ${duration(slowest)}`
          : '';
  const when =
    from !== undefined && to !== undefined
      ? `${time(from)} – ${time(to)}`
      : from !== undefined
        ? `since ${time(from)}`
        : to !== undefined
          ? `until ${time(to)}`
          : '';
  return [took, when].filter(Boolean).join(', ');
}

/** The position of a selection on the axes, from 0 to 1; y from the top. */
export function brushPlace({ from, to, fastest, slowest }: Brush, axes: Axes) {
  const x = (time: number): number => within((time - axes.from) / (axes.to - axes.from || 1));
  const y = (seconds: number): number =>
    within((axes.high - Math.log10(Math.max(seconds, 1e-9))) / (axes.high - axes.low));
  return {
    left: from === undefined ? 0 : x(from),
    right: to === undefined ? 1 : x(to),
    top: slowest === undefined ? 0 : y(slowest),
    bottom: fastest === undefined ? 1 : y(fastest),
  };
}

function within(share: number): number {
  return Math.min(Math.max(share, 0), 1);
}

/** The time and duration at a position of the chart. Durations have two digits. */
export function valueAt(axes: Axes, place: { x: number; y: number }) {
  return {
    time: axes.from + within(place.x) * (axes.to - axes.from),
    seconds: twoDigits(10 ** (axes.high - within(place.y) * (axes.high - axes.low))),
  };
}

/** Rounds to two digits, the precision of durations on the chart. */
export function twoDigits(seconds: number): number {
  return Number(seconds.toPrecision(2));
}

/** Keyboard steps across the time axis, and for each power of ten of duration. */
const TIME_STEPS = 50;
const POWER_STEPS = 5;

/** Moves one edge by a keyboard step. Undefined if nothing would be selected. */
export function moved(brush: Brush, edge: Edge, step: 1 | -1, axes: Axes): Brush | undefined {
  const next = { ...brush };
  if (edge === 'from' || edge === 'to') {
    const now = brush[edge] ?? axes[edge];
    const at = now + (step * (axes.to - axes.from)) / TIME_STEPS;
    if (at <= axes.from || at >= axes.to) delete next[edge];
    else next[edge] = at;
  } else {
    const now = brush[edge] ?? 10 ** (edge === 'fastest' ? axes.low : axes.high);
    const power = Math.round(Math.log10(now) * POWER_STEPS + step) / POWER_STEPS;
    if (power <= axes.low || power >= axes.high) delete next[edge];
    else next[edge] = twoDigits(10 ** power);
  }
  const { from = axes.from, to = axes.to, fastest = 0, slowest = Infinity } = next;
  return from < to && fastest < slowest ? next : undefined;
}
