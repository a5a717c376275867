import { enqueue } from '../../core/enqueue';
import type { Job } from '../../core/job';
import type { Method } from '../patch';

/**
 * The option of a job that carries the trace headers, as JSON. It is the option that BullMQ's own
 * telemetry uses, so traces continue between workers with BullMQ's telemetry and workers with ours.
 */
export interface JobOptions {
  telemetry?: { metadata?: unknown; omitContext?: unknown };
}

/** The members of a job that are read before it runs. */
export interface QueuedJob {
  name: string;
  id?: unknown;
  opts?: JobOptions & { attempts?: number };
  /** When it was queued, and when a worker took it, in epoch milliseconds. */
  timestamp?: number;
  processedOn?: number;
}

/** The options that contain the address of the Redis server. */
export interface Connected {
  connection?: { host?: unknown; options?: { host?: unknown } };
  redis?: { host?: unknown };
}

/** What a call queues: one job with its name, or several jobs. */
interface Queued {
  queue: string;
  name?: string;
  /** The number of jobs; one when undefined. */
  jobs?: number;
}

/** `<queue>/<job>`, or only the queue for a job without a name. */
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
 * Wraps a method that queues jobs. The call becomes a subsegment, and each job carries the trace
 * headers, so that the segment of the job can link to the caller.
 *
 * @param read returns what the call queues; undefined when the call is not recorded
 * @param carry returns the arguments of the call with `carried` added to each job's options
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

/** Adds the trace headers to a job's options, unless the application has set them itself. */
export function carrying<T extends JobOptions>(options: T | undefined, metadata: string): T {
  if (options?.telemetry !== undefined) return options;
  return { ...options, telemetry: { metadata } } as T;
}

/** Adds the trace headers to the options of each job. */
export function allCarrying<T extends { opts?: JobOptions }>(jobs: T[], metadata: string): T[] {
  return jobs.map((job) => ({ ...job, opts: carrying(job.opts, metadata) }));
}

/** Invalid arguments must not fail here: the library reports them. */
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
