import { outgoingPolicy, storage } from './context';
import type { OutgoingJob } from './outgoing';
import { outgoingHeaders } from './propagation';
import { runIn } from './run-in';
import { Subsegment } from './subsegment';

/** A job, or several jobs of one queue, being added to the queue. */
export interface Enqueued extends OutgoingJob {
  /** Name of the subsegment. */
  label: string;
  /** Host that stores the queue. */
  host: string;
  /** Recorded as `metadata.nest.job`. */
  facts: Record<string, unknown>;
}

/**
 * Records the call that adds a job to a queue. `send` receives the trace headers as JSON for the
 * job to carry, so that the segment of the job can link to this one; undefined when nothing is
 * passed on.
 */
export function enqueue<T>(job: Enqueued, send: (carried: string | undefined) => T): T {
  const active = storage.getStore();
  if (active === undefined) return send(undefined);
  const policy = outgoingPolicy(active);
  if (policy?.wants('jobs', { queue: job.queue, name: job.name }) !== true) return send(undefined);
  const propagated = policy.sendsHeadersTo(job.host);
  if (active.notTraced) return send(propagated ? headersOf(active) : undefined);
  const subsegment = new Subsegment(job.label, active);
  subsegment.namespace = 'remote';
  // The Redis commands that add the job belong to this subsegment and are not recorded separately.
  subsegment.hidesInnerCalls = true;
  subsegment.addMetadata('job', job.facts, 'nest');
  return runIn(subsegment, false, send, undefined, [
    propagated ? headersOf(subsegment) : undefined,
  ]);
}

function headersOf(active: Parameters<typeof outgoingHeaders>[0]): string {
  return JSON.stringify(Object.fromEntries(outgoingHeaders(active)));
}
