import type { NodeDocument } from '@nestjs-xray/document';

/** The outcome as bits. The first four are those of `traces.flags`. */
export const FAULT = 1;
export const ERROR = 2;
export const THROTTLE = 4;
/** It has not ended yet. */
export const PARTIAL = 8;
/** No other segment of the trace called it. */
export const ROOT = 16;
/** Derived from the caller's subsegment, because the callee sends no segments. */
export const INFERRED = 32;

export const TROUBLE = FAULT | ERROR | THROTTLE;

/** A further bit of `traces.flags`: any part of the trace, not only its root, has a fault. */
export const FAULT_WITHIN = 16;
/** The same for an error. */
export const ERROR_WITHIN = 32;

/**
 * The flags of one segment or subsegment.
 *
 * An HTTP status counts like a flag: 5xx is a fault, 4xx an error, and 429 also a throttle, even if the tracer recorded
 * only the status.
 */
export function flagsOf(document: NodeDocument): number {
  const status = statusOf(document);
  let flags = document.end_time === undefined || document.in_progress === true ? PARTIAL : 0;
  if (document.fault === true || (status >= 500 && status < 600)) flags |= FAULT;
  if (document.error === true || (status >= 400 && status < 500)) flags |= ERROR;
  if (document.throttle === true || status === 429) flags |= THROTTLE;
  return flags;
}

/** Evaluates a keyword of filter expressions on the first four bits. Undefined for a keyword about something else. */
export function flagMeaning(keyword: string, flags: number): boolean | undefined {
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

/** Whole microseconds from start to end, or -1 while in progress. 0 if the end is before the start. */
export function microsecondsOf(document: NodeDocument): number {
  if (document.end_time === undefined || document.in_progress === true) return -1;
  return Math.max(0, Math.round((document.end_time - document.start_time) * 1e6));
}
