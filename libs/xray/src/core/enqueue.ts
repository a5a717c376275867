import { outgoingPolicy, storage } from './context';
import type { OutgoingJob } from './outgoing';
import { outgoingHeaders } from './propagation';
import { runIn } from './run-in';
import { Subsegment } from './subsegment';

/** A job, or several of one queue, on their way into it. */
export interface Enqueued extends OutgoingJob {
  /** What its subsegment is named. */
  label: string;
  /** Where the queue is kept. */
  host: string;
  /** For `metadata.nest.job`. */
  facts: Record<string, unknown>;
}

/**
 * Records the call that queues a job, and gives `send` what the job is to carry so that its own
 * segment can link here: the trace's headers as JSON, undefined for nothing.
 */
export function enqueue<T>(job: Enqueued, send: (carried: string | undefined) => T): T {
  const active = storage.getStore();
  if (active === undefined) return send(undefined);
  const policy = outgoingPolicy(active);
  if (policy?.wants('jobs', { queue: job.queue, name: job.name }) !== true) return send(undefined);
  const told = policy.tells(job.host);
  if (active.notTraced) return send(told ? headersOf(active) : undefined);
  const subsegment = new Subsegment(job.label, active);
  subsegment.namespace = 'remote';
  // The commands to Redis that carry it out are this call.
  subsegment.whole = true;
  subsegment.addMetadata('job', job.facts, 'nest');
  return runIn(subsegment, false, send, undefined, [told ? headersOf(subsegment) : undefined]);
}

function headersOf(active: Parameters<typeof outgoingHeaders>[0]): string {
  return JSON.stringify(Object.fromEntries(outgoingHeaders(active)));
}
