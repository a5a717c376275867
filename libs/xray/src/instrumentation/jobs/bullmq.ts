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

/** The members of BullMQ's queues, workers and flow producers that are read here. */
interface Base {
  name: string;
  /** `telemetry` is BullMQ's own tracing. If the application sets it, we record nothing. */
  opts?: Connected & { telemetry?: object };
}

interface Job extends QueuedJob {
  /** Since version 5. In earlier versions `attemptsMade` includes the running attempt. */
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

/** Records each job of BullMQ as a segment, and each call that queues jobs as a subsegment. */
export function watchBullMq(): void {
  whenLoaded('/bullmq/dist/cjs/index.js', instrumentBullMq);
}

/** Instruments one copy of BullMQ, or some of its classes. Returns false when it finds no class. */
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

/** Whether a processor threw one of the errors that postpone its job instead of failing it. */
function isPostponed(thrown: unknown): boolean {
  const { name, message } = (thrown ?? {}) as { name?: unknown; message?: unknown };
  return (
    ['DelayedError', 'WaitingError', 'WaitingChildrenError'].includes(String(name)) ||
    message === 'bullmq:rateLimitExceeded'
  );
}

const isRecorded = ({ opts }: Base) => opts?.telemetry === undefined;

const adding = recordingCalls<Base, [name: string, data: unknown, opts?: JobOptions]>(
  SYSTEM,
  (queue, [name]) => (isRecorded(queue) ? { queue: queue.name, name } : undefined),
  ([name, data, opts], carried) => [name, data, carrying(opts, carried)],
);

const addingBulk = recordingCalls<Base, [jobs: NewJob[]]>(
  SYSTEM,
  (queue, [jobs]) => (isRecorded(queue) ? { queue: queue.name, jobs: jobs.length } : undefined),
  ([jobs], carried) => [allCarrying(jobs, carried)],
);

const addingFlow = recordingCalls<Base, [flow: Flow, ...rest: unknown[]]>(
  SYSTEM,
  (producer, [{ queueName, name }]) =>
    isRecorded(producer) ? { queue: queueName, name } : undefined,
  ([flow, ...rest], carried) => [flowCarrying(flow, carried), ...rest],
);

const addingFlows = recordingCalls<Base, [flows: Flow[], ...rest: unknown[]]>(
  SYSTEM,
  (producer, [flows]) =>
    isRecorded(producer) && flows[0]
      ? { queue: flows[0].queueName, jobs: flows.length }
      : undefined,
  ([flows, ...rest], carried) => [flows.map((flow) => flowCarrying(flow, carried)), ...rest],
);

function flowCarrying(flow: Flow, carried: string): Flow {
  const children = flow.children?.map((child) => flowCarrying(child, carried));
  return { ...flow, opts: carrying(flow.opts, carried), ...(children && { children }) };
}
