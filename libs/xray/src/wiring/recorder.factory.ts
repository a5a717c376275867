import { Logger } from '@nestjs/common';
import type { Emitter } from '../core/emitter';
import { anyGlob } from '../core/glob';
import { OutgoingPolicy } from '../core/outgoing';
import { Recorder, type SegmentBase } from '../core/recorder';
import { redactPattern } from '../core/redact';
import type { RecorderLogger } from '../core/warn-once';
import {
  parseTraceHeader,
  resourceAttributes,
  type SegmentDocument,
  type TraceHeader,
} from '../document';
import { OtlpEmitter } from '../emitters/otlp.emitter';
import { otlpVariables } from '../emitters/otlp/otlp-variables';
import { startMeter } from '../emitters/signals/signals.meter';
import { signalsSettings } from '../options/signals-options';
import { UdpEmitter } from '../emitters/udp.emitter';
import { SegmentName } from '../entry/segment-name';
import { daemonAddress } from '../net/daemon-address';
import { checkModuleOptions } from '../options/module-options';
import { createSampler } from '../sampling/create-sampler';
import { XrayConfigurationError } from '../xray.errors';
import type { XrayOptions } from '../xray.options';

/** `XRAY_EXPORTER` is neither `daemon` nor `otlp`. Thrown at startup. */
export class ExporterError extends XrayConfigurationError {
  constructor(value: string) {
    super(
      `Cannot send traces by XRAY_EXPORTER="${value}": there is no such exporter. ` +
        'Use "daemon" (the default) or "otlp".',
    );
    this.name = 'ExporterError';
  }
}

/** The emitter for the daemon, or for an OpenTelemetry collector if `XRAY_EXPORTER` is `otlp`. */
function createEmitter(options: XrayOptions, logger: RecorderLogger): Emitter {
  const exporter = process.env.XRAY_EXPORTER?.trim() || 'daemon';
  if (exporter === 'otlp') return new OtlpEmitter({ logger });
  if (exporter !== 'daemon') throw new ExporterError(exporter);
  return new UdpEmitter({
    ...daemonAddress(options.daemonAddress).udp,
    maxDocumentBytes: options.maxDocumentBytes,
    logger,
  });
}

/** Creates the recorder from the options and the environment. Call `start()` to begin recording. */
export function createRecorder(options: XrayOptions): Recorder {
  checkModuleOptions(options);
  if (options.enabled === false) return createInertRecorder();
  const logger = createLogger(options);
  const recorder: Recorder = new Recorder({
    emitter: options.emitter ?? createEmitter(options, logger),
    another: options.emitter ? undefined : () => createEmitter(options, logger),
    outgoing: OutgoingPolicy.from(options.capture, options.urlQuery, options.propagate),
    inProgress: options.inProgress,
    shutdownTimeoutMs: options.shutdownTimeoutMs,
    invocation: process.env.LAMBDA_TASK_ROOT ? invocation : undefined,
    meter: meterOf(options, () => recorder),
    logger,
    sampler: createSampler(options.sampling ?? 1, {
      daemon: () => daemonAddress(options.daemonAddress).tcp,
      logger,
      serviceType: () => recorder.base.origin,
    }),
    redact: redactPattern(options.redact),
    maxMetadataLength: options.maxMetadataLength,
    indexes: options.indexAttributes && anyGlob(options.indexAttributes),
    base: baseOf(options),
  });
  return recorder;
}

/** The function that starts the metrics. Undefined if they are off. */
function meterOf(options: XrayOptions, recorder: () => Recorder) {
  const settings = signalsSettings(options.applicationSignals);
  if (settings === undefined) return undefined;
  if (process.env.LAMBDA_TASK_ROOT) {
    return () => void recorder().warn('metrics:lambda', NO_METRICS_ON_LAMBDA);
  }
  const resource = otlpVariables(process.env).resource();
  const name = new SegmentName(options).service;
  const known = () => resourceAttributes({ name, ...recorder().base } as SegmentDocument);
  return () => startMeter(settings, { resource, known, warn: recorder().warn });
}

const NO_METRICS_ON_LAMBDA =
  'Metrics for Application Signals are not sent on AWS Lambda, which freezes the process between ' +
  'invocations: turn applicationSignals off there. Lambda has metrics of its own for each function.';

/** The fields of every segment that describe the process, except where it runs. */
function baseOf({ serviceVersion, logGroups }: XrayOptions): SegmentBase {
  const service = { runtime: 'node', runtime_version: process.version };
  const base: SegmentBase = {
    service: serviceVersion === undefined ? service : { version: serviceVersion, ...service },
  };
  if (logGroups?.length) base.aws = { cloudwatch_logs: logGroups.map(logGroup) };
  return base;
}

/** `arn:aws:logs:eu-central-1:123456789012:log-group:/shop/api`, with `:*` behind it or not, or the name alone. */
function logGroup(group: string): { log_group: string; arn?: string } {
  const name = group.startsWith('arn:') ? group.split(':')[6] : undefined;
  return name ? { log_group: name, arn: group.replace(/:\*$/, '') } : { log_group: group };
}

/** For an application that is not traced: opens no segments and changes nothing in the process. */
function createInertRecorder(): Recorder {
  return new Recorder({
    emitter: {
      emit: () => undefined,
      flush: () => Promise.resolve(),
      close: () => Promise.resolve(),
    },
    sampler: { decide: () => ({ sampled: false }) },
    logger: { warn: () => undefined },
  });
}

/** If Lambda runs several invocations at once in one process, each has its own trace header. */
interface InvokeStore {
  getXRayTraceId?(): string | undefined;
}

/** Without an InvokeStore, Lambda sets the environment variable before each invocation. */
function invocation(): TraceHeader {
  const { awslambda } = globalThis as { awslambda?: { InvokeStore?: InvokeStore } };
  const own = awslambda?.InvokeStore?.getXRayTraceId?.();
  return parseTraceHeader(own ?? process.env._X_AMZN_TRACE_ID);
}

/** AWS's SDKs log no warnings at the levels `error` and `silent`. The same holds here. */
export function createLogger(options: Pick<XrayOptions, 'logger'>): RecorderLogger {
  const quiet = /^(error|silent)$/i.test(process.env.AWS_XRAY_LOG_LEVEL ?? '');
  return quiet ? { warn: () => undefined } : (options.logger ?? new Logger('XrayModule'));
}
