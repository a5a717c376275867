import { enqueue } from '../../core/enqueue';
import type { Job } from '../../core/job';
import type { Method } from '../patch';

/**
 * What a job says of who queued it: JSON of the trace's headers, in the option that BullMQ has for
 * it, so that workers with BullMQ's own telemetry understand ours, and ours theirs.
 */
export interface JobOptions {
  telemetry?: { metadata?: unknown; omitContext?: unknown };
}

/** What we read of a job that is about to run. */
export interface QueuedJob {
  name: string;
  id?: unknown;
  opts?: JobOptions & { attempts?: number };
  /** Epoch milliseconds: when it was queued, and when it was taken out. */
  timestamp?: number;
  processedOn?: number;
}

/** Where a queue is kept. */
export interface Connected {
  connection?: { host?: unknown; options?: { host?: unknown } };
  redis?: { host?: unknown };
}

/** What a call queues: one job, or several without a name. */
interface Queued {
  queue: string;
  name?: string;
  /** How many; one when undefined. */
  jobs?: number;
}

/** `<queue>/<job>`; the queue alone where the job has no name of its own. */
function jobLabel(queue: string, name: string | undefined): string {
  return name === undefined || name === '__default__' ? queue : `${queue}/${name}`;
}

export function jobOf(system: string, queue: string, job: QueuedJob): Job {
  const { name, id, opts, timestamp = NaN, processedOn = NaN } = job;
  const waitedMs = processedOn - timestamp;
  const facts = { system, queue, name, id, attempts: opts?.attempts ?? 1 };
  return {
    name: jobLabel(queue, name),
    facts: { ...facts, ...(Number.isFinite(waitedMs) && { waitedMs }) },
    sender: opts?.telemetry?.metadata,
  };
}

/**
 * Wraps a method that queues jobs: the call is a subsegment, and each job carries what its own
 * segment can link to.
 *
 * @param read what the call queues
 * @param carry the arguments of the call with `carried` in each job's options
 */
export function recordingCalls<Self extends { opts?: Connected }, Args extends unknown[]>(
  system: string,
  read: (self: Self, args: Args) => Queued | undefined,
  carry: (args: Args, carried: string) => unknown[],
): (original: Method) => Method {
  return (original) =>
    function queueing(this: Self, ...given: never[]): unknown {
      const args = given as unknown as Args;
      const send = (carried: string | undefined): unknown =>
        Reflect.apply(original, this as never, withTrace(carry, args, carried) as never[]);
      const queued = readSafely(read, this, args);
      if (queued === undefined) return send(undefined);
      const { queue, name = '', jobs } = queued;
      const facts = { system, queue, ...(jobs === undefined ? { name } : { jobs }) };
      const label = jobLabel(queue, jobs === undefined ? name : undefined);
      return enqueue({ queue, name, label, host: hostOf(this.opts), facts }, send);
    };
}

/** The options of a job with what it is to carry; those that say themselves what it carries stay. */
export function carrying<T extends JobOptions>(options: T | undefined, metadata: string): T {
  if (options?.telemetry !== undefined) return options;
  return { ...options, telemetry: { metadata } } as T;
}

/** The jobs of a call that queues several. */
export function allCarrying<T extends { opts?: JobOptions }>(jobs: T[], metadata: string): T[] {
  return jobs.map((job) => ({ ...job, opts: carrying(job.opts, metadata) }));
}

/** Arguments that are not what they should be are for the library to refuse. */
function readSafely<Self, Args>(
  read: (self: Self, args: Args) => Queued | undefined,
  self: Self,
  args: Args,
): Queued | undefined {
  try {
    return read(self, args);
  } catch {
    return undefined;
  }
}

function withTrace<Args extends unknown[]>(
  carry: (args: Args, carried: string) => unknown[],
  args: Args,
  carried: string | undefined,
): unknown[] {
  try {
    return carried === undefined ? args : carry(args, carried);
  } catch {
    return args;
  }
}

function hostOf({ connection, redis }: Connected = {}): string {
  const host = connection?.host ?? connection?.options?.host ?? redis?.host;
  return typeof host === 'string' ? host : 'localhost';
}
