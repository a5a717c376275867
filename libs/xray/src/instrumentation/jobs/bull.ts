import { runJob } from '../../core/job';
import { whenLoaded } from '../loaded-copies';
import { ownerOf, patchMethod, type Method } from '../patch';
import {
  allCarrying,
  carrying,
  jobOf,
  recordingCalls,
  type Connected,
  type JobOptions,
  type QueuedJob,
} from './queue';

const SYSTEM = 'bull';

/** The members of Bull's queues that are read here. */
interface Queue {
  name: string;
  opts?: Connected;
  /** The processors, by job name. */
  handlers: Record<string, unknown>;
}

interface Job extends QueuedJob {
  /** The number of attempts that failed. */
  attemptsMade?: number;
}

/** `add(data, options?)` or `add(name, data, options?)`. */
type AddArguments = [unknown, unknown?, JobOptions?];

/** Records each job of Bull as a segment, and each call that queues jobs as a subsegment. */
export function watchBull(): void {
  whenLoaded('/bull/lib/queue.js', (queue) => instrumentBull(queue));
}

/**
 * Instruments one copy of Bull.
 *
 * @param module what Bull exports: the class of its queues
 * @param queue an existing queue, whose handlers are wrapped as well
 * @returns false when `module` is not Bull
 */
export function instrumentBull(module: unknown, queue?: object): boolean {
  const { prototype } = (module ?? {}) as { prototype?: object };
  const owner = prototype && ownerOf(prototype, 'setHandler');
  if (owner === undefined) return false;
  patchMethod(owner, 'setHandler', settingHandler);
  patchMethod(owner, 'add', adding);
  patchMethod(owner, 'addBulk', addingBulk);
  const { handlers } = (queue ?? {}) as Partial<Queue>;
  for (const name of Object.keys(handlers ?? {})) {
    patchMethod(handlers!, name, (handler) => processing(handler, queue as Queue));
  }
  return true;
}

/** Bull stores every processor under `handlers` as a function from a job to a promise. */
function settingHandler(original: Method): Method {
  return function setHandler(this: Queue, ...args: never[]): unknown {
    const result: unknown = Reflect.apply(original, this as never, args);
    const name = String(args[0]);
    patchMethod(this.handlers, name, (handler) => processing(handler, this));
    return result;
  };
}

function processing(handler: Method, queue: Queue): Method {
  return function processJob(this: unknown, ...args: never[]): unknown {
    const job = args[0] as unknown as Job;
    return runJob({ ...jobOf(SYSTEM, queue.name, job), attempt: (job.attemptsMade ?? 0) + 1 }, () =>
      Reflect.apply(handler, this as never, args),
    );
  };
}

const isNamed = ([first]: AddArguments) => typeof first === 'string';

const adding = recordingCalls<Queue, AddArguments>(
  SYSTEM,
  ({ name: queue }, args) => ({ queue, name: isNamed(args) ? String(args[0]) : '__default__' }),
  (args, carried) =>
    isNamed(args)
      ? [args[0], args[1], carrying(args[2], carried)]
      : [args[0], carrying(args[1] as JobOptions | undefined, carried)],
);

const addingBulk = recordingCalls<Queue, [jobs: { opts?: JobOptions }[]]>(
  SYSTEM,
  ({ name: queue }, [jobs]) => ({ queue, jobs: jobs.length }),
  ([jobs], carried) => [allCarrying(jobs, carried)],
);
