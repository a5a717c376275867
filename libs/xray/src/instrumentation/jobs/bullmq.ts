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

const SYSTEM = 'bullmq';

/** What we read of BullMQ's queues, workers and flow producers. */
interface Base {
  name: string;
  /** `telemetry` is BullMQ's own: where the application has set it, that records. */
  opts?: Connected & { telemetry?: object };
}

interface Job extends QueuedJob {
  /** From version 5 on; before, `attemptsMade` counted the attempt that runs. */
  attemptsStarted?: number;
  attemptsMade?: number;
}

interface NewJob {
  name: string;
  opts?: JobOptions;
}

interface Flow extends NewJob {
  queueName: string;
  children?: Flow[];
}

type Classes = Partial<Record<'Queue' | 'Worker' | 'FlowProducer', { prototype: object }>>;

/** Has each job of BullMQ run in a segment, and each call that queues jobs be a subsegment. */
export function watchBullMq(): void {
  whenLoaded('/bullmq/dist/cjs/index.js', instrumentBullMq);
}

/** The same for a copy of BullMQ, or for some of its classes; false where it has none of them. */
export function instrumentBullMq(module: unknown): boolean {
  const { Queue, Worker, FlowProducer } = (module ?? {}) as Classes;
  const owner = (Class: Classes[keyof Classes], key: string) =>
    Class?.prototype && ownerOf(Class.prototype, key);
  const worker = owner(Worker, 'callProcessJob');
  const queue = owner(Queue, 'addBulk');
  const flow = owner(FlowProducer, 'addBulk');
  if (worker) patchMethod(worker, 'callProcessJob', processing);
  if (queue) {
    patchMethod(queue, 'add', adding);
    patchMethod(queue, 'addBulk', addingBulk);
  }
  if (flow) {
    patchMethod(flow, 'add', addingFlow);
    patchMethod(flow, 'addBulk', addingFlows);
  }
  return [worker, queue, flow].some((found) => found !== undefined);
}

function processing(original: Method): Method {
  return function callProcessJob(this: Base, ...args: never[]): unknown {
    const work = () => Reflect.apply(original, this as never, args);
    if (this.opts?.telemetry !== undefined) return work();
    const job = args[0] as unknown as Job;
    const attempt = job.attemptsStarted ?? job.attemptsMade ?? 1;
    return runJob({ ...jobOf(SYSTEM, this.name, job), attempt, isPostponed }, work);
  };
}

/** Errors by which a processor says that its job is not over. */
function isPostponed(thrown: unknown): boolean {
  const { name, message } = (thrown ?? {}) as { name?: unknown; message?: unknown };
  return (
    ['DelayedError', 'WaitingError', 'WaitingChildrenError'].includes(String(name)) ||
    message === 'bullmq:rateLimitExceeded'
  );
}

const ours = ({ opts }: Base) => opts?.telemetry === undefined;

const adding = recordingCalls<Base, [name: string, data: unknown, opts?: JobOptions]>(
  SYSTEM,
  (queue, [name]) => (ours(queue) ? { queue: queue.name, name } : undefined),
  ([name, data, opts], carried) => [name, data, carrying(opts, carried)],
);

const addingBulk = recordingCalls<Base, [jobs: NewJob[]]>(
  SYSTEM,
  (queue, [jobs]) => (ours(queue) ? { queue: queue.name, jobs: jobs.length } : undefined),
  ([jobs], carried) => [allCarrying(jobs, carried)],
);

const addingFlow = recordingCalls<Base, [flow: Flow, ...rest: unknown[]]>(
  SYSTEM,
  (producer, [{ queueName, name }]) => (ours(producer) ? { queue: queueName, name } : undefined),
  ([flow, ...rest], carried) => [flowCarrying(flow, carried), ...rest],
);

const addingFlows = recordingCalls<Base, [flows: Flow[], ...rest: unknown[]]>(
  SYSTEM,
  (producer, [flows]) =>
    ours(producer) && flows[0] ? { queue: flows[0].queueName, jobs: flows.length } : undefined,
  ([flows, ...rest], carried) => [flows.map((flow) => flowCarrying(flow, carried)), ...rest],
);

function flowCarrying(flow: Flow, carried: string): Flow {
  const children = flow.children?.map((child) => flowCarrying(child, carried));
  return { ...flow, opts: carrying(flow.opts, carried), ...(children && { children }) };
}
