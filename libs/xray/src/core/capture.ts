import { storage } from './context';
import { fail } from './outcome';
import type { Call, RecordedNode, SegmentOwner } from './recorded-node';
import { runtime } from './runtime';
import { settle } from './settle';
import { Subsegment } from './subsegment';
import type { SubsegmentNode, TraceNode } from './trace-node';

/**
 * Times `work` as a child of the active segment and hands back its result.
 *
 * What comes back is what `work` returned, whatever that is: see {@link settle}.
 * Without an active segment, and in a request that is not sampled, `work` simply runs.
 *
 * @example
 * const user = await capture('load user', () => users.findOne(id));
 */
export function capture<T>(name: string, work: (subsegment?: SubsegmentNode) => T): T {
  const parent = storage.getStore();
  if (parent === undefined) {
    runtime.missing?.(`capture "${name}"`);
    return work();
  }
  return parent.notTraced ? work() : runIn(new Subsegment(name, parent), work, isAsync(work));
}

/** What captureSegment() is told besides. */
export interface RootOptions {
  /** Default: that of the XrayModule which started last. */
  recorder?: Pick<SegmentOwner, 'open'>;
  call?: Call;
  /** Whether the promise that `work` returns was made for this call alone; see settle(). */
  owned?: boolean;
}

/**
 * Times `work` as a segment of its own, with a new trace, where none is active: a job, a
 * script, a message. Inside a segment it becomes a subsegment.
 */
export function captureSegment<T>(
  name: string,
  work: (node?: TraceNode) => T,
  { recorder = runtime.recorder, call, owned = isAsync(work) }: RootOptions = {},
): T {
  const parent = storage.getStore();
  if (parent === undefined) {
    if (recorder === undefined) return work();
    const segment = recorder.open({ serviceName: name });
    return segment.notTraced ? storage.run(segment, work) : runIn(segment, work, owned, call);
  }
  return parent.notTraced ? work() : runIn(new Subsegment(name, parent), work, owned, call);
}

function runIn<T, N extends RecordedNode>(
  node: N,
  work: (node: N) => T,
  owned: boolean,
  call?: Call,
): T {
  node.call = call;
  let result: T;
  try {
    result = storage.run(node, work, node);
  } catch (thrown) {
    fail(node, thrown);
    throw thrown;
  }
  return settle(node, result, owned);
}

const AsyncFunction = (async () => {}).constructor;

/** Whether `work` was declared async, and so makes a promise for each call that nobody else has. */
function isAsync(work: unknown): boolean {
  return work instanceof AsyncFunction;
}
