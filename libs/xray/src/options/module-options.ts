import type { CaptureOptions } from '../core/outgoing';
import { XrayOptionsError } from '../xray.errors';
import type { XrayModuleAsyncOptions, XrayModuleExtras, XrayOptions } from '../xray.options';
import { checkOptions, type Option, type OptionsOf } from './check-options';
import * as fits from './fits';
import { SIGNALS_OPTIONS } from './signals-options';

/** An option of the module and its row in docs/configuration.md. A test compares the two. */
export interface DocumentedOption extends Option {
  readonly says: string;
  readonly default: string;
}

const target: Option = {
  takes: 'true, false, or a predicate',
  fits: fits.any(fits.flag, fits.callback),
};

/** The options of `capture`, which docs/configuration.md lists in a separate table. */
const CAPTURE: OptionsOf<CaptureOptions> = {
  http: target,
  fetch: target,
  aws: target,
  sql: target,
  rpc: target,
  jobs: target,
  headerHosts: {
    takes: 'a list of globs, or a predicate',
    fits: fits.any(fits.callback, fits.listOf(fits.text)),
  },
  sqlText: { takes: 'true or false', fits: fits.flag },
};

const GRAPHQL: OptionsOf<NonNullable<XrayOptions['graphql']>> = {
  trivialFields: { takes: 'true or false', fits: fits.flag },
};

const documented = <T>(options: { [Name in keyof T]-?: DocumentedOption }) => options;

/** The options of `XrayModule.forRoot`, in the order of the documentation. */
export const MODULE_OPTIONS = documented<XrayOptions>({
  serviceName: {
    says: 'Name of the segments and of the node on the service map. Required.',
    default: '',
    takes: 'a name',
    fits: fits.text,
  },
  serviceVersion: {
    says: 'Version of the service, recorded on every segment as `service.version`.',
    default: 'none',
    takes: 'a text, such as "1.4.0"',
    fits: fits.text,
  },
  dynamicNaming: {
    says: "Glob for the request's Host header. If it matches, the segment is named after the host.",
    default: 'none',
    takes: 'a glob, such as "*.example.com"',
    fits: fits.text,
  },
  daemonAddress: {
    says: 'Where the daemon listens: `host:port`, `[::1]:2000`, or `tcp:host:port udp:host:port`.',
    default: '`127.0.0.1:2000`',
    takes: 'host:port',
    fits: fits.text,
  },
  consoleUrl: {
    says: "Address of local X-Ray's console, for the [link beside error logs](#the-link-beside-error-logs) during development; `false` for no link.",
    default: 'found at `daemonAddress` on this machine',
    takes: 'a URL such as http://127.0.0.1:2000, or false',
    fits: fits.any(fits.httpUrl, fits.oneOf(false)),
  },
  emitter: {
    says: 'What sends the traces: `new OtlpEmitter()`, `new MemoryEmitter()`, or any object with `emit`, `flush` and `close`.',
    default: 'one for the daemon',
    takes: 'an object with emit(), flush() and close()',
    fits: fits.having('emit', 'flush', 'close'),
  },
  maxDocumentBytes: {
    says: 'Larger documents are [split and trimmed](#large-traces). At least 1,000.',
    default: '64,000',
    takes: 'a whole number of bytes from 1,000 up',
    fits: fits.wholeFrom(1_000),
  },
  maxMetadataLength: {
    says: 'Characters of [metadata](#metadata) in one document. The rest is left out and marked.',
    default: '262,144',
    takes: 'a whole number of characters from 0 up',
    fits: fits.wholeFrom(0),
  },
  inProgress: {
    says: 'Send a segment that has been open for a second while it is in progress, and again when it has ended.',
    default: '`true`',
    takes: 'true or false',
    fits: fits.flag,
  },
  shutdownTimeoutMs: {
    says: 'How many milliseconds sending may take when the application shuts down.',
    default: '2,000',
    takes: `a whole number of milliseconds from 0 to ${fits.MAX_TIMER_MS}`,
    fits: fits.wholeFrom(0, fits.MAX_TIMER_MS),
  },
  sampling: {
    says: '[Which requests to record](#sampling).',
    default: '`1` (all)',
    takes: 'a share from 0 to 1, a function, rules, { file }, or "central"',
    fits: fits.any(fits.share, fits.callback, fits.object, fits.oneOf('central')),
  },
  contextMissing: {
    says: 'What happens when code records something outside a segment: `ignore`, `log`, or `error`, which throws a ContextMissingError.',
    default: '`ignore`',
    takes: '"ignore", "log" or "error"',
    fits: fits.oneOf('ignore', 'log', 'error'),
  },
  capture: {
    says: '[Which outgoing calls become subsegments](#outgoing-calls).',
    default: '`true` (all)',
    takes: 'true, false, or an object that says which',
    fits: fits.any(fits.flag, fits.object),
    inside: CAPTURE,
  },
  propagate: {
    says: "Headers that pass the trace on: `xray` is `X-Amzn-Trace-Id`, `w3c` is `traceparent`, `tracestate` and `baggage`. Incoming requests may use either; X-Ray's header takes precedence. AWS SDK calls carry only X-Ray's.",
    default: "`['xray', 'w3c']`",
    takes: 'a list of "xray" and "w3c"',
    fits: fits.listOf(fits.oneOf('xray', 'w3c')),
  },
  indexAttributes: {
    says: "Attributes of the [OpenTelemetry API](opentelemetry.md) that become annotations, as globs: `['cart.*']`.",
    default: 'none',
    takes: 'a list of globs, such as ["cart.*"]',
    fits: fits.listOf(fits.text),
  },
  ignore: {
    says: 'Requests and messages that get no segment: a glob for the path, a predicate, or a list of these.',
    default: 'none',
    takes: 'path globs, predicates, or a list of them',
    fits: fits.any(fits.text, fits.callback, fits.listOf(fits.any(fits.text, fits.callback))),
  },
  applicationSignals: {
    says: "`true` sends [metrics for AWS's Application Signals](aws.md#application-signals) over OTLP, of all requests, sampled or not; `{ url, intervalMs, exporter }` sets where and how often.",
    default: '`OTEL_AWS_APPLICATION_SIGNALS_ENABLED`, else `false`',
    takes: 'true, false, or an object such as { url }',
    fits: fits.any(fits.flag, fits.object),
    inside: SIGNALS_OPTIONS,
  },
  urlQuery: {
    says: '`strip` removes the query string from URLs, because it often contains secrets; `keep` records it.',
    default: '`strip`',
    takes: '"strip" or "keep"',
    fits: fits.oneOf('strip', 'keep'),
  },
  redact: {
    says: 'More metadata keys to redact: their values become `[redacted]`. A pattern replaces the built-in list. Passwords in URLs are always redacted.',
    default: 'built-in list',
    takes: 'a list of keys, or a pattern',
    fits: fits.any(fits.listOf(fits.text), fits.pattern),
  },
  autoTrace: {
    says: "Trace the application's providers without decorators: `true`, globs for class names (`*Service`, `!ConfigService`), or a predicate. See [decorators](decorators.md#every-provider).",
    default: '`false`',
    takes: 'true, false, globs of class names, or a predicate',
    fits: fits.any(fits.flag, fits.text, fits.callback, fits.listOf(fits.text)),
  },
  graphql: {
    says: '`{ trivialFields: true }` also makes subsegments of fields without a resolver.',
    default: '`false`',
    takes: 'an object such as { trivialFields: true }',
    fits: fits.object,
    inside: GRAPHQL,
  },
  source: {
    says: 'Record the source line of each decorated method, as `metadata.nest.source`.',
    default: '`true`, in production `false`',
    takes: 'true or false',
    fits: fits.flag,
  },
  logs: {
    says: "Record the lines of Nest's Logger as [metadata `logs`](#log-lines) of the active segment or subsegment.",
    default: '`true`, in production `false`',
    takes: 'true or false',
    fits: fits.flag,
  },
  logGroups: {
    says: "CloudWatch log groups, by name or ARN, in which X-Ray's console finds the [logs of a trace](#log-lines).",
    default: 'none',
    takes: 'a list of names or ARNs of log groups',
    fits: fits.listOf(fits.text),
  },
  plugins: {
    says: 'Plugins that record [where the process runs](#where-the-process-runs): `ec2`, `ecs`, `eks`, `elastic-beanstalk`, or your own.',
    default: 'none',
    takes: 'a list of names, or of objects with describe()',
    fits: fits.listOf(fits.any(fits.text, fits.having('describe'))),
  },
  logger: {
    says: 'An object with `warn(message)`, and `log(message)` for the [startup line](#the-line-at-the-start). Each problem is reported once.',
    default: "Nest's Logger",
    takes: 'an object with warn()',
    fits: fits.having('warn'),
  },
  enabled: {
    says: '`false` turns everything off, as if the module were not imported.',
    default: '`true`',
    takes: 'true or false',
    fits: fits.flag,
  },
});

/**
 * Options that decide how the module is wired. They cannot come from the factory of `forRootAsync`.
 */
export const MODULE_EXTRAS = documented<XrayModuleExtras>({
  interceptor: {
    says: '`false` registers no global interceptor and reads the controller and the handler from the matched route. The documents are the same.',
    default: '`true`',
    takes: 'true or false',
    fits: fits.flag,
  },
});

const OWNER = {
  attempt: 'start XrayModule',
  remedy: 'Correct what XrayModule.forRoot() or the factory of forRootAsync() is given.',
};

/**
 * Rejects options that cannot work when the application starts, rather than at the first request.
 *
 * @throws XrayOptionsError naming the option, its value and what it accepts.
 */
export function checkModuleOptions(options: XrayOptions): void {
  if (options?.enabled === false) return;
  for (const name of Object.keys(options ?? {})) {
    if (!Object.hasOwn(MODULE_EXTRAS, name)) continue;
    throw new XrayOptionsError(
      `Cannot start XrayModule with ${name} in the options of the factory: the module is wired before the factory runs. ` +
        `Set it next to the factory: XrayModule.forRootAsync({ ${name}, useFactory }).`,
    );
  }
  const required = !process.env.AWS_XRAY_TRACING_NAME;
  const takes = 'a name, or leave it to AWS_XRAY_TRACING_NAME';
  const serviceName = { ...MODULE_OPTIONS.serviceName, takes, required };
  checkOptions(OWNER, { ...MODULE_OPTIONS, serviceName }, options);
}

/** @throws XrayOptionsError if an option that decides how the module is wired is invalid. */
export function checkExtras<T extends XrayModuleExtras>(options: T): T {
  const { interceptor } = options;
  checkOptions(OWNER, MODULE_EXTRAS, { interceptor });
  return options;
}

const ASYNC: OptionsOf<XrayModuleAsyncOptions> = {
  ...MODULE_EXTRAS,
  useFactory: { takes: 'a function that makes the options', fits: fits.callback },
  useClass: { takes: 'a class with createXrayOptions()', fits: fits.callback },
  useExisting: { takes: 'a provider with createXrayOptions()', fits: fits.present },
  inject: { takes: 'a list of providers', fits: fits.listOf(fits.present) },
  imports: { takes: 'a list of modules', fits: fits.listOf(fits.present) },
  provideInjectionTokensFrom: { takes: 'a list of providers', fits: fits.listOf(fits.present) },
};

/**
 * @throws XrayOptionsError if the options of forRootAsync() cannot provide the module's options.
 */
export function checkAsyncOptions(given: XrayModuleAsyncOptions): XrayModuleAsyncOptions {
  const owner = { attempt: 'start XrayModule', remedy: 'Correct what forRootAsync() is given.' };
  checkOptions(owner, ASYNC, given);
  if (given.useFactory ?? given.useClass ?? given.useExisting) return given;
  throw new XrayOptionsError(
    'Cannot start XrayModule: forRootAsync() does not say how to create the options. ' +
      'Pass useFactory, useClass or useExisting.',
  );
}
