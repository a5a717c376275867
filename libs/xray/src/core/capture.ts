import { storage } from './context';
import { textOf } from './foreign-values';
import type { Call, SegmentOwner } from './recorded-node';
import { runIn } from './run-in';
import { runtime } from './runtime';
import { Subsegment } from './subsegment';
import type { SubsegmentNode, TraceNode } from './trace-node';

/**
 * Times `work` as a subsegment of the active segment and returns its result.
 *
 * The result is returned unchanged; `settle` describes when the subsegment closes. Without an
 * active segment, and in a request that is not sampled, `work` simply runs.
 *
 * @example
 * const user = await capture('load user', () => users.findOne(id));
 */
export function capture<T>(name: string, work: (subsegment?: SubsegmentNode) => T): T {
  const parent = storage.getStore();
  if (parent === undefined) {
    runtime.missing?.(`capture "${textOf(name)}"`);
    return work();
  }
  if (parent.notTraced) return work();
  const subsegment = new Subsegment(textOf(name), parent);
  return runIn(subsegment, isAsync(work), work, undefined, [subsegment]);
}

/** Optional arguments of captureSegment(). */
export interface RootOptions {
  /** Default: the recorder of the XrayModule that started last. */
  recorder?: Pick<SegmentOwner, 'open'>;
  call?: Call;
  /** Whether the promise that `work` returns was created for this call alone; see settle(). */
  owned?: boolean;
}

/**
 * Times `work` as a segment with a new trace when no segment is active: a job, a script, a message.
 * Inside a segment it becomes a subsegment.
 */
export function captureSegment<T>(
  name: string,
  work: (node?: TraceNode) => T,
  { recorder = runtime.recorder, call, owned = isAsync(work) }: RootOptions = {},
): T {
  const parent = storage.getStore();
  if (parent === undefined) {
    if (recorder === undefined) return work();
    const segment = recorder.open({ serviceName: textOf(name) });
    if (segment.notTraced) return storage.run(segment, work);
    segment.call = call;
    return runIn(segment, owned, work, undefined, [segment]);
  }
  if (parent.notTraced) return work();
  const subsegment = new Subsegment(textOf(name), parent);
  subsegment.call = call;
  return runIn(subsegment, owned, work, undefined, [subsegment]);
}

const AsyncFunction = (async () => {}).constructor;

/**
 * Whether `work` is an async function. Its promise is created for each call, so nobody else holds
 * it.
 */
function isAsync(work: unknown): boolean {
  return work instanceof AsyncFunction;
}
