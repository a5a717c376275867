import { anyGlob } from './glob';

/** An outgoing HTTP call, as predicates of the `capture` option receive it. */
export interface OutgoingHttp {
  method: string;
  /** Without the port. */
  host: string;
  /** Without the query string. */
  path: string;
}

/** An AWS SDK call. */
export interface OutgoingAws {
  /** As shown in the AWS console: `SQS`, `DynamoDB`. */
  service: string;
  /** As in AWS's documentation: `SendMessage`. */
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

/** Jobs that are being added to a queue. */
export interface OutgoingJob {
  queue: string;
  /** Empty if several jobs are added at once. */
  name: string;
}

/** On, off, or only the calls that a predicate selects. A predicate that throws selects none. */
export type CaptureTarget<Call> = boolean | ((call: Call) => boolean);

/** Which outgoing calls become subsegments. Every kind is on by default. */
export interface CaptureOptions {
  /** `node:http` and `node:https`, which axios and Nest's HttpModule use. */
  http?: CaptureTarget<OutgoingHttp>;
  /** `fetch` and undici. */
  fetch?: CaptureTarget<OutgoingHttp>;
  /** AWS SDK v3 clients. */
  aws?: CaptureTarget<OutgoingAws>;
  /** PostgreSQL through `pg`, which Kysely, Drizzle and TypeORM can use. */
  sql?: CaptureTarget<OutgoingSql>;
  /** Nest's ClientProxy with any transport, and Nest's gRPC client. */
  rpc?: CaptureTarget<OutgoingRpc>;
  /** Jobs that are added to BullMQ and Bull queues. */
  jobs?: CaptureTarget<OutgoingJob>;
  /**
   * Hosts that receive the trace headers, as globs (`*.internal`) or a predicate. Default: all, as
   * in AWS's SDKs.
   */
  headerHosts?: string[] | ((host: string) => boolean);
  /** `false` leaves out the text of SQL queries. Default: true, with literals replaced by `?`. */
  sqlText?: boolean;
}

/**
 * Which headers propagate the trace: `xray` is X-Amzn-Trace-Id; `w3c` is traceparent, tracestate
 * and baggage.
 */
export type Propagation = 'xray' | 'w3c';

interface Calls {
  http: OutgoingHttp;
  fetch: OutgoingHttp;
  aws: OutgoingAws;
  sql: OutgoingSql;
  rpc: OutgoingRpc;
  jobs: OutgoingJob;
}

/** The `capture` option, prepared for the check at each call. */
export class OutgoingPolicy {
  readonly sqlText: boolean;
  /** Which headers propagate the trace. Undefined means all of them. */
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

  /** Whether calls of this kind need to be instrumented at all. */
  mayWant(target: keyof Calls): boolean {
    return this.options[target] !== false;
  }

  /** Whether an unsampled request may pass its sampling decision on to other services. */
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

  /** Whether calls to `host` carry the trace headers. */
  sendsHeadersTo(host: string): boolean {
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
