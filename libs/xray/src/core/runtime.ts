import type { Recorder } from './recorder';

/**
 * Settings for code that runs without a request, and so without a segment to get them from: roots
 * opened by @Segment(), and the warning about a missing segment. The modules of the process set
 * them; if there are several (in tests), the one started last wins.
 */
export interface Runtime {
  recorder: Recorder;
  /** The name of segments that no request names. */
  serviceName: string;
  /**
   * Reports that `what` was attempted outside a segment. Undefined when `contextMissing` is
   * `ignore`.
   */
  missing: ((what: string) => void) | undefined;
  /** Whether the option `ignore` excludes an entry. */
  ignores: ((entry: { method: string; path: string }) => boolean) | undefined;
  /** Whether documents contain the source line of decorators. */
  source: boolean;
  /** Whether log lines are recorded. */
  logs: boolean;
}

const started: Runtime[] = [];

/** One mutable object, so that the hot path reads a single field. */
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
