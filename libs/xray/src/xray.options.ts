import type { BuiltInPlugin } from './plugins/detect-resource';
import type { Plugin } from './plugins/plugin';
import type { ConfigurableModuleAsyncOptions, Type } from '@nestjs/common';
import type { Emitter } from './core/emitter';
import type { CaptureOptions, Propagation } from './core/outgoing';
import type { RecorderLogger } from './core/warn-once';
import type { Sampling } from './sampling/create-sampler';

/**
 * Injects the options that XrayModule was given.
 *
 * @example
 * constructor(@Inject(XRAY_OPTIONS) private readonly options: XrayOptions) {}
 */
export const XRAY_OPTIONS = Symbol('nestjs-xray.options');

/** What `XrayModule.forRoot` takes. Where a variable of AWS's SDKs says the same, the variable wins. */
export interface XrayOptions {
  /** Name of the segments, and so of the node on the service map. `AWS_XRAY_TRACING_NAME` wins. */
  serviceName: string;
  /** The version of the service, on every segment as `service.version`. */
  serviceVersion?: string;
  /**
   * Pattern with `*` and `?` that the request's Host header is matched with: where it
   * fits, the segment is named after the host, else `serviceName`. `AWS_XRAY_URL` wins.
   */
  dynamicNaming?: string;
  /** Where the daemon listens: `host:port`, or `tcp:host:port udp:host:port`. Default `127.0.0.1:2000`. */
  daemonAddress?: string;
  /** Where traces go instead of to the daemon. */
  emitter?: Emitter;
  /**
   * Documents with more bytes are split, and trimmed where that does not help. Default
   * 64,000: with its header, what one datagram holds.
   */
  maxDocumentBytes?: number;
  /**
   * Characters of metadata in one document: arguments, results, log lines and the like. What goes
   * beyond is left out, with a mark that says so. Default 262,144.
   */
  maxMetadataLength?: number;
  /**
   * Whether a segment that has been open for a second is sent as it is, and again when it is
   * done. Default true.
   */
  inProgress?: boolean;
  /** How long sending may take when the application shuts down. Default 2,000. */
  shutdownTimeoutMs?: number;
  /**
   * Which requests to record, where the caller has not decided: a share of them, 0 to 1; a
   * function; rules as AWS's SDKs read them, or `{ file }` with such rules; or `central` for
   * those that X-Ray has for the account, which the daemon is asked for. Default 1, all.
   */
  sampling?: Sampling;
  /**
   * What to do when something is recorded and there is no segment: nothing, a
   * warning, or a ContextMissingError. `AWS_XRAY_CONTEXT_MISSING` wins. Default `ignore`.
   */
  contextMissing?: 'ignore' | 'log' | 'error';
  /** Which calls out of the process become subsegments and carry the trace on. Default: all kinds. */
  capture?: boolean | CaptureOptions;
  /**
   * How the trace is passed on with calls: `xray` is the header X-Amzn-Trace-Id, `w3c` the headers
   * traceparent, tracestate and baggage. Both are followed on the way in, X-Ray's first. AWS SDK
   * calls carry X-Ray's alone. Default both.
   */
  propagate?: Propagation[];
  /**
   * Which attributes that were set by the OpenTelemetry API become annotations, as globs
   * (`cart.*`); all others are metadata. Default none. See `nestjs-xray/opentelemetry`.
   */
  indexAttributes?: string[];
  /** Requests that get no segment, by path glob (`/health/*`) or predicate. */
  ignore?: IgnoreRule | IgnoreRule[];
  /** Whether URLs are recorded with their query string, where secrets tend to be. Default `strip`. */
  urlQuery?: 'strip' | 'keep';
  /** Further metadata keys whose values are replaced by `[redacted]`, or a pattern instead of the default list. */
  redact?: string[] | RegExp;
  /**
   * Traces the application's own providers without a decorator, as if @Subsegment() stood on their
   * classes: all, or those whose class name a glob fits (`*Service`; `!ConfigService` leaves out).
   * A whole name, or a predicate, picks providers of packages too. @SkipSubsegment() opts out.
   * Default false.
   */
  autoTrace?: AutoTrace;
  /**
   * Whether fields that GraphQL merely reads from an object, without a method that resolves them,
   * are subsegments too. Default false.
   */
  graphql?: { trivialFields?: boolean };
  /**
   * Whether a (sub)segment says where its decorator stands in the code, `path:line`, as
   * `metadata.nest.source`. Default: unless `NODE_ENV` is `production`.
   */
  source?: boolean;
  /**
   * Find out where the process runs and put it on each segment: `ec2` (IMDSv2), `ecs` (task
   * metadata v4), `eks`, `elastic-beanstalk`, or your own. Each question is given up after a
   * second; segments that open before the answer go without it. Default none.
   */
  plugins?: (BuiltInPlugin | Plugin)[];
  /**
   * Whether the lines of Nest's Logger are recorded on what is active when they are logged, as metadata
   * `logs`. They are printed as ever. Default: unless `NODE_ENV` is `production`.
   */
  logs?: boolean;
  /**
   * The log groups of CloudWatch that the application logs to, by name or ARN, so that X-Ray's
   * console finds the logs of a trace. On ECS the plugin `ecs` knows them.
   */
  logGroups?: string[];
  /** Where the library reports trouble, once for each cause. Default: Nest's Logger. */
  logger?: RecorderLogger;
  /** False leaves the application as if the module were not there. Default true. */
  enabled?: boolean;
}

/** Where the application is not traced, no other option counts: not even whether it is right. */
const OFF: XrayOptions = { serviceName: 'off', enabled: false };

/** The options as far as they count. */
export function inEffect(options: XrayOptions): XrayOptions {
  return options.enabled === false ? OFF : options;
}

/** Which providers to trace without a decorator. */
export type AutoTrace =
  boolean | string | string[] | ((provider: { name: string; type: Type }) => boolean);

/** A path glob with `*` and `?`, matched with the path without query; or a predicate. */
export type IgnoreRule = string | ((request: { method: string; path: string }) => boolean);

/** What decides how the module is wired, and so is static in `forRootAsync` too. */
export interface XrayModuleExtras {
  /**
   * False does without the global interceptor: the route that took the request tells
   * controller and handler. The documents are the same. Default true.
   */
  interceptor?: boolean;
}

/**
 * What `XrayModule.forRootAsync` takes: one of `useFactory`, `useClass` and `useExisting`, and what
 * it injects.
 */
export type XrayModuleAsyncOptions = ConfigurableModuleAsyncOptions<
  XrayOptions,
  keyof XrayOptionsFactory
> &
  XrayModuleExtras;

/** What the class behind `useClass` or `useExisting` of `forRootAsync` does. */
export interface XrayOptionsFactory {
  createXrayOptions(): XrayOptions | Promise<XrayOptions>;
}
