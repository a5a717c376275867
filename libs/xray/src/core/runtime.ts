import type { Recorder } from './recorder';

/**
 * What works without a request to belong to, and so without a segment to ask: roots opened by
 * @Segment(), and the report that a segment is missing. Set by the modules of the process; with
 * several (tests), the one that was started last speaks for all.
 */
export interface Runtime {
  recorder: Recorder;
  /** What segments are named that no request names. */
  serviceName: string;
  /** Reports that `what` was attempted outside of a segment; undefined when that is of no interest. */
  missing: ((what: string) => void) | undefined;
  /** Whether an entry is left out by the option `ignore`. */
  ignores: ((entry: { method: string; path: string }) => boolean) | undefined;
  /** Whether documents say where in the code a decorator stands. */
  source: boolean;
  /** Whether lines of the log are recorded. */
  logs: boolean;
}

const started: Runtime[] = [];

/** A cell, so that the hot path reads one field of one object. */
export const runtime: Partial<Runtime> & { source: boolean; logs: boolean } = {
  recorder: undefined,
  serviceName: undefined,
  missing: undefined,
  ignores: undefined,
  source: false,
  logs: false,
};

export function startRuntime(added: Runtime): void {
  started.push(added);
  apply();
}

export function stopRuntime(stopped: Runtime): void {
  const at = started.indexOf(stopped);
  if (at >= 0) started.splice(at, 1);
  apply();
}

function apply(): void {
  const current = started.at(-1);
  runtime.recorder = current?.recorder;
  runtime.serviceName = current?.serviceName;
  runtime.missing = current?.missing;
  runtime.ignores = current?.ignores;
  runtime.source = current?.source ?? false;
  runtime.logs = current?.logs ?? false;
}
