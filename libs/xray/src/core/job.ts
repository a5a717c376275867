import { storage } from './context';
import { linkTo } from './message-links';
import { incomingTrace } from './propagation';
import type { Call, RecordedNode } from './recorded-node';
import { runIn } from './run-in';
import { runtime } from './runtime';

/** One run of a job: of a queue, or of a schedule. */
export interface Job {
  /** What its segment is named: `<queue>/<job>`, or `Class.method`. */
  name: string;
  /** For `metadata.nest.job`. */
  facts: Record<string, unknown>;
  /** Counted from one; undefined where a job is not tried again. */
  attempt?: number;
  /** The headers of whoever queued it, as JSON. */
  sender?: unknown;
  /** Whether what it throws says that it goes on later, as some errors of BullMQ's do. */
  isPostponed?: (thrown: unknown) => boolean;
}

/**
 * Runs a job as a segment with a trace of its own, which links to whoever queued it: a job may run
 * hours later, and more than once. What is active where the job is run from is left behind.
 */
export function runJob<T>(job: Job, work: () => T): T {
  const { recorder, ignores } = runtime;
  const { name, facts, attempt } = job;
  const request = { method: 'JOB', path: name };
  if (recorder === undefined || ignores?.(request) === true) return storage.run(undefined, work);
  const segment = recorder.open({ serviceName: name, ...request });
  if (segment.notTraced) return storage.run(segment, work);
  segment.call = callOf(job);
  segment.addAnnotation('job', name);
  if (attempt !== undefined) segment.addAnnotation('job_attempt', attempt);
  segment.addMetadata('job', facts, 'nest');
  const link = senderOf(job);
  if (link !== undefined) segment.addLink(link);
  return runIn(segment, false, work, undefined, []);
}

/** A job has no caller whose error it could be: whatever it throws is a fault. */
function callOf({ isPostponed }: Job): Call {
  return {
    detailed: true,
    nest: undefined,
    get site(): object {
      return this;
    },
    succeeded(): void {},
    failed(node: RecordedNode, thrown: unknown): void {
      if (isPostponed?.(thrown) === true) return;
      node.addError(thrown);
      node.error = node.throttle = false;
      node.fault = true;
    },
  };
}

/** Undefined where nothing recorded queued it. */
function senderOf({ sender }: Job) {
  if (typeof sender !== 'string') return undefined;
  try {
    const headers = JSON.parse(sender) as Record<string, unknown>;
    const lower = Object.entries(headers).map(
      ([name, value]) => [name.toLowerCase(), value] as const,
    );
    const { root, parent, sampled } = incomingTrace(Object.fromEntries(lower)) ?? {};
    if (root === undefined || parent === undefined || sampled === false) return undefined;
    return linkTo({ traceId: root, id: parent });
  } catch {
    return undefined;
  }
}
