import { anyGlob } from './glob';

/** A call that leaves the process, as predicates in the `capture` option see it. */
export interface OutgoingHttp {
  method: string;
  /** Without port. */
  host: string;
  /** Without the query string. */
  path: string;
}

/** An AWS SDK call. */
export interface OutgoingAws {
  /** As in the console: `SQS`, `DynamoDB`. */
  service: string;
  /** As in AWS's documents: `SendMessage`. */
  operation: string;
}

/** A database query. */
export interface OutgoingSql {
  /** As the application wrote it. */
  text: string;
  database: string;
  host: string;
}

/** A message to another Nest service. */
export interface OutgoingRpc {
  pattern: string;
}

/** Jobs on their way into a queue. */
export interface OutgoingJob {
  queue: string;
  /** Empty where several are queued at once. */
  name: string;
}

/** On, off, or for the calls that a predicate picks. A predicate that throws picks none. */
export type CaptureTarget<Call> = boolean | ((call: Call) => boolean);

/** Which calls out of the process become subsegments. Each target is on unless told. */
export interface CaptureOptions {
  /** `node:http` and `node:https`, and so axios and Nest's HttpModule. */
  http?: CaptureTarget<OutgoingHttp>;
  /** `fetch` and undici. */
  fetch?: CaptureTarget<OutgoingHttp>;
  /** Clients of AWS SDK v3. */
  aws?: CaptureTarget<OutgoingAws>;
  /** PostgreSQL by `pg`, and so Kysely, Drizzle, TypeORM on it. */
  sql?: CaptureTarget<OutgoingSql>;
  /** Nest's ClientProxy over whatever transport, and its gRPC client. */
  rpc?: CaptureTarget<OutgoingRpc>;
  /** Jobs that are put into queues of BullMQ and Bull. */
  jobs?: CaptureTarget<OutgoingJob>;
  /**
   * Hosts that get the `X-Amzn-Trace-Id` header, as globs (`*.internal`) or a
   * predicate. Default: all, as AWS's SDKs do.
   */
  headerHosts?: string[] | ((host: string) => boolean);
  /** False leaves the text of SQL queries out. Default true: literals become `?`. */
  sqlText?: boolean;
}

/** How the trace is passed on with a call: `xray` is X-Amzn-Trace-Id, `w3c` traceparent and its company. */
export type Propagation = 'xray' | 'w3c';

interface Calls {
  http: OutgoingHttp;
  fetch: OutgoingHttp;
  aws: OutgoingAws;
  sql: OutgoingSql;
  rpc: OutgoingRpc;
  jobs: OutgoingJob;
}

/** The `capture` option, ready to be asked at each call. */
export class OutgoingPolicy {
  readonly sqlText: boolean;
  /** How the trace is passed on; undefined for every way. */
  readonly propagate: ReadonlySet<Propagation> | undefined;
  private readonly hosts: ((host: string) => boolean) | undefined;

  constructor(
    private readonly options: CaptureOptions,
    readonly urlQuery: 'strip' | 'keep' = 'strip',
    propagate?: readonly Propagation[],
  ) {
    this.propagate = propagate && new Set(propagate);
    this.sqlText = options.sqlText !== false;
    const { headerHosts } = options;
    if (Array.isArray(headerHosts)) {
      this.hosts = anyGlob(headerHosts);
    } else {
      this.hosts = headerHosts;
    }
  }

  /** Undefined when nothing is captured. */
  static from(
    capture: boolean | CaptureOptions = true,
    urlQuery?: 'strip' | 'keep',
    propagate?: readonly Propagation[],
  ): OutgoingPolicy | undefined {
    if (capture === false) return undefined;
    const policy = new OutgoingPolicy(capture === true ? {} : capture, urlQuery, propagate);
    return TARGETS.some((target) => policy.mayWant(target)) ? policy : undefined;
  }

  /** Whether calls of this kind need to be watched at all. */
  mayWant(target: keyof Calls): boolean {
    return this.options[target] !== false;
  }

  /** True when a request that is not sampled has someone to tell it to. */
  get propagates(): boolean {
    return TARGETS.some((target) => target !== 'sql' && this.mayWant(target));
  }

  wants<K extends keyof Calls>(target: K, call: Calls[K]): boolean {
    const wanted = this.options[target] as CaptureTarget<Calls[K]> | undefined;
    if (typeof wanted !== 'function') return wanted !== false;
    try {
      return wanted(call);
    } catch {
      return false;
    }
  }

  /** Whether `host` may learn the trace id. */
  tells(host: string): boolean {
    const { hosts } = this;
    if (hosts === undefined) return true;
    try {
      return hosts(host);
    } catch {
      return false;
    }
  }
}

export const TARGETS = ['http', 'fetch', 'aws', 'sql', 'rpc', 'jobs'] as const;
