import type { Interval } from '@nestjs-xray/trace';

/** The visible part of the trace, in seconds since its start. */
export interface Window {
  from: number;
  until: number;
}

/** A piece of a bar, in per cent of the width. */
export interface Piece {
  left: number;
  width: number;
}

/** Pieces closer than this percentage of the window are drawn as one, because the gap would not be visible. */
const MERGE = 0.08;

/** The position of an interval in the window. Undefined if it is outside. */
export function place([from, until]: Interval, window: Window): Piece | undefined {
  const span = window.until - window.from;
  if (until < window.from || from > window.until) return undefined;
  // In a trace that took no time, everything is at its start.
  if (!(span > 0)) return { left: 0, width: 0 };
  const left = (Math.max(from, window.from) - window.from) / span;
  const right = (Math.min(until, window.until) - window.from) / span;
  return { left: left * 100, width: (right - left) * 100 };
}

/** The positions of several intervals, in their order. Adjacent ones are merged. */
export function placeAll(intervals: readonly Interval[], window: Window): Piece[] {
  const pieces: Piece[] = [];
  for (const interval of intervals) {
    const piece = place(interval, window);
    if (!piece) continue;
    const last = pieces[pieces.length - 1];
    if (last && piece.left - (last.left + last.width) < MERGE) {
      last.width = Math.max(last.width, piece.left + piece.width - last.left);
    } else pieces.push(piece);
  }
  return pieces;
}

/** The pieces of the critical path that are drawn: from 5 ms on, or half a per cent of a short window. */
export function visibleCritical(intervals: readonly Interval[], window: Window): Interval[] {
  const least = Math.min(0.005, (window.until - window.from) * 0.005);
  return intervals.filter(([from, until]) => until - from >= least);
}

/** About `wanted` round marks across the window, in seconds. */
export function ticks({ from, until }: Window, wanted: number): number[] {
  const span = until - from;
  if (!(span > 0)) return [from];
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const marks: number[] = [];
  for (let at = Math.ceil(from / step - 1e-9); at * step <= until + step * 1e-6; at++)
    // Rounding errors must not place the last mark outside the window.
    marks.push(Math.min(at * step, until));
  return marks;
}

/** The marks of the time axis. There are fewer if their numbers are long, from a million milliseconds on. */
export function axisTicks(window: Window): number[] {
  return ticks(window, window.until < 1000 ? 7 : 4);
}

/** Zooms the window in (`factor` below 1) or out around `centre`, within the trace. */
export function zoom(window: Window, factor: number, centre: number, whole: number): Window {
  const span = Math.min(Math.max((window.until - window.from) * factor, whole * 1e-6, 1e-6), whole);
  const share = (centre - window.from) / (window.until - window.from || 1);
  return clamp({ from: centre - span * share, until: centre + span * (1 - share) }, whole);
}

/** Moves the window by a share of its width, within the trace. */
export function pan(window: Window, share: number, whole: number): Window {
  const by = (window.until - window.from) * share;
  return clamp({ from: window.from + by, until: window.until + by }, whole);
}

function clamp({ from, until }: Window, whole: number): Window {
  const span = Math.min(until - from, whole);
  const start = Math.min(Math.max(from, 0), whole - span);
  return { from: start, until: start + span };
}

/** Formats a window for the address, in milliseconds: `120-480.5`. */
export function formatZoom(window: Window, whole: number): string | undefined {
  const near = whole * 1e-6;
  if (window.from <= near && window.until >= whole - near) return undefined;
  return `${+(window.from * 1000).toFixed(3)}-${+(window.until * 1000).toFixed(3)}`;
}

/** Parses the window in an address. The whole trace if there is none, or it is invalid. */
export function parseZoom(text: string | null, whole: number): Window {
  const match = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text ?? '');
  const from = Number(match?.[1]) / 1000;
  const until = Number(match?.[2]) / 1000;
  if (!match || !(until > from) || from >= whole) return { from: 0, until: whole };
  return { from, until };
}
