import type { RouteHint } from 'local-xray/console-api';
import { count, duration, shareFigure } from './format';

const NAMES: Record<string, string> = {
  'n-plus-one': 'N+1',
  'repeated-call': 'Repeated call',
  'serial-awaits': 'Awaits in a row',
  'dominant-child': 'One operation takes most',
  unaccounted: 'Unaccounted time',
  swallowed: 'Swallowed',
  throttled: 'Throttled',
};

/** A short name for a kind of hint. */
export function hintName(kind: string): string {
  return NAMES[kind] ?? kind;
}

/** The share of the traces that have a hint, and what it is about: `38.0 %, 12 × SELECT replies`. */
export function hintWhy(hint: RouteHint, of: number): string {
  return `${shareFigure(hint.traces, of)} %, ${hintWhat(hint)}`;
}

export function hintWhat({ kind, subject, place, times, each }: RouteHint): string {
  switch (kind) {
    case 'n-plus-one':
    case 'repeated-call':
    case 'throttled':
      return `${count(Math.round(times))} × ${subject}`;
    case 'serial-awaits':
      return `up to ${duration(each)}`;
    case 'swallowed':
      return `in ${place ?? subject}`;
    default:
      return `${duration(each)}, ${subject}`;
  }
}
