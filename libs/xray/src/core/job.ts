import { storage } from './context';
import { linkTo } from './message-links';
import { incomingTrace } from './propagation';
import type { Call, RecordedNode } from './recorded-node';
import { runIn } from './run-in';
import { runtime } from './runtime';

/** One run of a job from a queue or a schedule. */
export interface Job {
  /** Name of the segment: `<queue>/<job>` or `Class.method`. */
  name: string;
  /** Recorded as `metadata.nest.job`. */
  facts: Record<string, unknown>;
  /** Counted from one. Undefined for jobs that are not retried. */
  attempt?: number;
  /** Trace headers of the code that queued the job, as JSON. */
  sender?: unknown;
  /** Whether a thrown value only postpones the job, as some errors of BullMQ do. */
  isPostponed?: (thrown: unknown) => boolean;
}

/**
 * Runs a job as a segment with a trace of its own. The segment links to the trace that queued the
 * job: a job may run hours later, and more than once. The active context of the caller is not used.
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

/** A job has no caller that could have made an error, so whatever it throws is a fault. */
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

/** Undefined if the code that queued the job was not recorded. */
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
