import type { BuiltInPlugin } from './plugins/detect-resource';
import type { Plugin } from './plugins/plugin';
import type { ConfigurableModuleAsyncOptions, Type } from '@nestjs/common';
import type { Emitter } from './core/emitter';
import type { CaptureOptions, Propagation } from './core/outgoing';
import type { RecorderLogger } from './core/warn-once';
import type { SignalsOptions } from './options/signals-options';
import type { Sampling } from './sampling/create-sampler';

/**
 * Injects the options of XrayModule.
 *
 * @example
 * constructor(@Inject(XRAY_OPTIONS) private readonly options: XrayOptions) {}
 */
export const XRAY_OPTIONS = Symbol('nestjs-xray.options');

/**
 * The options of `XrayModule.forRoot`. Where an environment variable of AWS's SDKs sets the same
 * thing, the variable takes precedence.
 */
export interface XrayOptions {
  /**
   * Name of the segments and of the node on the service map. `AWS_XRAY_TRACING_NAME` takes
   * precedence.
   */
  serviceName: string;
  /** Version of the service, recorded on every segment as `service.version`. */
  serviceVersion?: string;
  /**
   * Glob for the request's Host header. If it matches, the segment is named after the host instead
   * of `serviceName`. `AWS_XRAY_URL` takes precedence.
   */
  dynamicNaming?: string;
  /** Where the daemon listens: `host:port`, or `tcp:host:port udp:host:port`. Default `127.0.0.1:2000`. */
  daemonAddress?: string;
  /**
   * The address of local X-Ray's console, such as `http://127.0.0.1:2000`. Unless `NODE_ENV` is
   * `production`, an error that Nest's Logger prints during a request is followed by a link to the
   * trace. `false`: no link. Default: found if local X-Ray listens at the daemon's address on this
   * machine.
   */
  consoleUrl?: string | false;
  /** What sends the traces, instead of the emitter for the daemon. */
  emitter?: Emitter;
  /**
   * Larger documents are split, and trimmed if that is not enough. Default 64,000, which fits into
   * one datagram together with its header.
   */
  maxDocumentBytes?: number;
  /**
   * Maximum number of metadata characters in one document: arguments, results, log lines and so on.
   * The rest is left out and marked. Default 262,144.
   */
  maxMetadataLength?: number;
  /**
   * Whether a segment that has been open for a second is sent while in progress, and again when it
   * has ended. Default true.
   */
  inProgress?: boolean;
  /** How many milliseconds sending may take when the application shuts down. Default 2,000. */
  shutdownTimeoutMs?: number;
  /**
   * Which requests to record when the caller has not decided: a share of them, 0 to 1; a function;
   * rules in the format of AWS's SDKs, or `{ file }` with such rules; or `central` for the rules of
   * the account, fetched through the daemon. Default 1, all.
   */
  sampling?: Sampling;
  /**
   * What happens when something is recorded outside a segment: nothing, a warning, or a
   * ContextMissingError. `AWS_XRAY_CONTEXT_MISSING` takes precedence. Default `ignore`.
   */
  contextMissing?: 'ignore' | 'log' | 'error';
  /** Which outgoing calls become subsegments and carry the trace headers. Default: all kinds. */
  capture?: boolean | CaptureOptions;
  /**
   * Which headers propagate the trace: `xray` is X-Amzn-Trace-Id; `w3c` is traceparent, tracestate
   * and baggage. Incoming requests may use either; X-Ray's header takes precedence. AWS SDK calls
   * carry only X-Ray's. Default both.
   */
  propagate?: Propagation[];
  /**
   * Which attributes set through the OpenTelemetry API become annotations, as globs (`cart.*`). All
   * others become metadata. Default none. See `nestjs-xray/opentelemetry`.
   */
  indexAttributes?: string[];
  /**
   * Requests that get no segment: a glob for the path (`/health/*`), a predicate, or a list of
   * these.
   */
  ignore?: IgnoreRule | IgnoreRule[];
  /**
   * Sends metrics over OTLP by which AWS's Application Signals shows requests, errors, faults and
   * latency of this service and of what it calls. All requests count, sampled or not. Needs
   * `@opentelemetry/sdk-metrics` and `@opentelemetry/exporter-metrics-otlp-proto`. Default: the
   * variable `OTEL_AWS_APPLICATION_SIGNALS_ENABLED`, else false.
   */
  applicationSignals?: boolean | SignalsOptions;
  /**
   * Whether URLs are recorded with their query string, which often contains secrets. Default
   * `strip`.
   */
  urlQuery?: 'strip' | 'keep';
  /**
   * Further metadata keys whose values become `[redacted]`, or a pattern that replaces the built-in
   * list.
   */
  redact?: string[] | RegExp;
  /**
   * Traces the application's own providers without decorators, as if @Subsegment() were on their
   * classes: all of them, or those whose class name matches a glob (`*Service`; `!ConfigService`
   * excludes). A full class name or a predicate also selects providers from packages.
   * @SkipSubsegment() excludes a class or method. Default false.
   */
  autoTrace?: AutoTrace;
  /** Whether GraphQL fields without a resolver method become subsegments too. Default false. */
  graphql?: { trivialFields?: boolean };
  /**
   * Whether to record the source line of each decorated method, `path:line`, as `metadata.nest.source`.
   * Default: true unless `NODE_ENV` is `production`.
   */
  source?: boolean;
  /**
   * Plugins that find out where the process runs and record it on each segment: `ec2` (IMDSv2),
   * `ecs` (task metadata v4), `eks`, `elastic-beanstalk`, or your own. Each request to a metadata
   * service is given up after a second. Segments that open before the answer do not have the
   * information. Default none.
   */
  plugins?: (BuiltInPlugin | Plugin)[];
  /**
   * Whether the lines of Nest's Logger are recorded as metadata `logs` on the active segment or
   * subsegment. They are still printed. Default: true unless `NODE_ENV` is `production`.
   */
  logs?: boolean;
  /**
   * The CloudWatch log groups of the application, by name or ARN, so that X-Ray's console finds the
   * logs of a trace. On ECS the plugin `ecs` detects them.
   */
  logGroups?: string[];
  /** Where the library logs problems, each once. Default: Nest's Logger. */
  logger?: RecorderLogger;
  /** `false` turns everything off, as if the module were not imported. Default true. */
  enabled?: boolean;
}

/** When tracing is off, the other options have no effect and are not checked. */
const OFF: XrayOptions = { serviceName: 'off', enabled: false };

/** The given options, or only `enabled: false` when tracing is off. */
export function inEffect(options: XrayOptions): XrayOptions {
  return options.enabled === false ? OFF : options;
}

/** Selects the providers to trace without decorators. */
export type AutoTrace =
  boolean | string | string[] | ((provider: { name: string; type: Type }) => boolean);

/** A glob with `*` and `?` for the path without its query string, or a predicate. */
export type IgnoreRule = string | ((request: { method: string; path: string }) => boolean);

/** Options that decide how the module is wired, and therefore are static in `forRootAsync` too. */
export interface XrayModuleExtras {
  /**
   * `false` registers no global interceptor and reads the controller and the handler from the
   * matched route. The documents are the same. Default true.
   */
  interceptor?: boolean;
}

/**
 * The options of `XrayModule.forRootAsync`: one of `useFactory`, `useClass` and `useExisting`, and
 * what to inject.
 */
export type XrayModuleAsyncOptions = ConfigurableModuleAsyncOptions<
  XrayOptions,
  keyof XrayOptionsFactory
> &
  XrayModuleExtras;

/** Implemented by the class of `useClass` or `useExisting` in `forRootAsync`. */
export interface XrayOptionsFactory {
  createXrayOptions(): XrayOptions | Promise<XrayOptions>;
}
