import type { NodeDocument } from '@nestjs-xray/document';

/** What went wrong, as bits; the first four are those of `traces.flags`. */
export const FAULT = 1;
export const ERROR = 2;
export const THROTTLE = 4;
/** Not ended yet. */
export const PARTIAL = 8;
/** No other part of the trace called it. */
export const ROOT = 16;
/** Made from the caller's subsegment, because the callee sends no segments. */
export const INFERRED = 32;

export const TROUBLE = FAULT | ERROR | THROTTLE;

/** Bits of `traces.flags` beside the first four: some part of the trace, not only its root, has a fault. */
export const FAULT_WITHIN = 16;
/** The same of an error. */
export const ERROR_WITHIN = 32;

/**
 * The flags of one segment or subsegment.
 *
 * A status counts as much as a flag: 5xx is a fault, 4xx an error and 429 a
 * throttle too, whichever of the two a tracer recorded.
 */
export function flagsOf(document: NodeDocument): number {
  const status = statusOf(document);
  let flags = document.end_time === undefined || document.in_progress === true ? PARTIAL : 0;
  if (document.fault === true || (status >= 500 && status < 600)) flags |= FAULT;
  if (document.error === true || (status >= 400 && status < 500)) flags |= ERROR;
  if (document.throttle === true || status === 429) flags |= THROTTLE;
  return flags;
}

/** What a word of filter expressions says of the first four bits; undefined for a word about something else. */
export function saysOf(keyword: string, flags: number): boolean | undefined {
  switch (keyword) {
    case 'ok':
      return (flags & TROUBLE) === 0;
    case 'error':
      return (flags & ERROR) !== 0;
    case 'fault':
      return (flags & FAULT) !== 0;
    case 'throttle':
      return (flags & THROTTLE) !== 0;
    case 'partial':
      return (flags & PARTIAL) !== 0;
    default:
      return undefined;
  }
}

/** The status of the response, 0 when there is none. */
export function statusOf(document: NodeDocument): number {
  const status = document.http?.response?.status;
  return typeof status === 'number' && Number.isFinite(status) ? status : 0;
}

/** Whole microseconds from start to end, or -1 while in progress. Clocks that run back count as 0. */
export function microsecondsOf(document: NodeDocument): number {
  if (document.end_time === undefined || document.in_progress === true) return -1;
  return Math.max(0, Math.round((document.end_time - document.start_time) * 1e6));
}
