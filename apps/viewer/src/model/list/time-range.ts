import { clock } from '../format';
import { whenOf } from './when';

/** The last `last` seconds, all time (Infinity), or a fixed range in epoch seconds. */
export type TimeRange = { last: number } | { from: number; to: number };

export const RANGES: readonly { value: string; label: string; seconds: number }[] = [
  { value: '5m', label: 'Last 5 min', seconds: 300 },
  { value: '15m', label: 'Last 15 min', seconds: 900 },
  { value: '1h', label: 'Last hour', seconds: 3600 },
  { value: '6h', label: 'Last 6 h', seconds: 21_600 },
  { value: '24h', label: 'Last 24 h', seconds: 86_400 },
  { value: '7d', label: 'Last 7 days', seconds: 604_800 },
  { value: 'all', label: 'All time', seconds: Infinity },
];
export const DEFAULT_RANGE = '15m';

/** Parses a range in the address: `15m`, `all`, or `1795354386.1-1795354400`. */
export function parseRange(text: string): TimeRange {
  const named = RANGES.find((range) => range.value === (text || DEFAULT_RANGE));
  if (named) return { last: named.seconds };
  const match = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2]);
  return match && to > from ? { from, to } : { last: 900 };
}

/** Formats a range for the address. The default range is omitted. */
export function formatRange(value: string | { from: number; to: number }): string | undefined {
  if (typeof value !== 'string') return `${+value.from.toFixed(3)}-${+value.to.toFixed(3)}`;
  return value === DEFAULT_RANGE ? undefined : value;
}

/** The start and end to request. Without an end, the range ends now. */
export function boundsOf(range: TimeRange, now: number): { start?: number; end?: number } {
  if ('from' in range) return { start: range.from, end: range.to };
  return Number.isFinite(range.last) ? { start: now - range.last } : {};
}

/** The text of a range for the button. */
export function rangeLabel(text: string): string {
  const range = parseRange(text);
  if ('last' in range)
    return RANGES.find((one) => one.seconds === range.last)?.label ?? 'Last 15 min';
  const [from, to] = [range.from, range.to].map((at) => new Date(at * 1000).toDateString());
  const end =
    from === to ? clock(range.to, { millis: false }) : whenOf(range.to, { seconds: true });
  return `${whenOf(range.from, { seconds: true })} – ${end}`;
}

const LAST: Record<number, string> = {
  300: '5 minutes',
  900: '15 minutes',
  3600: 'hour',
  21600: '6 hours',
  86400: '24 hours',
};

/** The text of a range inside a sentence: "in the last hour". */
export function rangeWords(range: TimeRange): string {
  if ('to' in range) return 'in this time range';
  if (!Number.isFinite(range.last)) return 'at any time';
  return `in the last ${LAST[range.last] ?? '7 days'}`;
}
