import { Logger } from '@nestjs/common';
import { installCapture } from '../instrumentation/outgoing/install';
import { checkOptions } from '../check-options';
import { parseTraceHeader, type TraceHeader } from '../document';
import { receiveRpcHeaders } from '../instrumentation/nest/rpc-header';
import { OutgoingPolicy } from '../core/outgoing';
import type { Emitter } from '../core/emitter';
import { Recorder, type RecorderOptions } from '../core/recorder';
import type { RecorderLogger } from '../core/warn-once';
import { redactPattern } from '../core/redact';
import { createSampler } from '../sampling/create-sampler';
import { OtlpEmitter } from '../emitters/otlp.emitter';
import { UdpEmitter } from '../emitters/udp.emitter';
import { daemonAddress } from '../net/daemon-address';
import { findPlace } from '../plugins/find-place';
import type { XrayOptions } from '../xray.options';

type RecorderBase = NonNullable<RecorderOptions['base']>;

/** `XRAY_EXPORTER` is neither `daemon` nor `otlp`; said at start-up. */
export class ExporterError extends Error {
  constructor(value: string) {
    super(
      `Cannot send traces by XRAY_EXPORTER="${value}": there is no such exporter. ` +
        'Use "daemon" (the default) or "otlp".',
    );
    this.name = 'ExporterError';
  }
}

/** The daemon, or an OpenTelemetry collector when `XRAY_EXPORTER` says so. */
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

/** Builds the recorder that the options and the environment describe. */
export function createRecorder(options: XrayOptions): Recorder {
  checkOptions(options);
  const logger = quiet() ? { warn: () => undefined } : (options.logger ?? new Logger('XrayModule'));
  const emitter = options.emitter ?? createEmitter(options, logger);
  const outgoing =
    options.enabled === false ? undefined : OutgoingPolicy.from(options.capture, options.urlQuery);
  if (options.enabled !== false) receiveRpcHeaders();
  if (outgoing) installCapture(outgoing);
  const base: RecorderBase = { service: { runtime: 'node', runtime_version: process.version } };
  if (options.enabled !== false && options.plugins) {
    void findPlace(options.plugins, logger).then((place) => Object.assign(base, place));
  }
  return new Recorder({
    emitter,
    outgoing,
    inProgress: options.inProgress,
    shutdownTimeoutMs: options.shutdownTimeoutMs,
    invocation: process.env.LAMBDA_TASK_ROOT ? invocation : undefined,
    logger,
    sampler: createSampler(options.sampling ?? 1, {
      daemon: () => daemonAddress(options.daemonAddress).tcp,
      logger,
      serviceType: () => base.origin,
    }),
    redact: redactPattern(options.redact),
    base,
  });
}

/** Lambda sets the variable anew for each invocation. */
function invocation(): TraceHeader {
  return parseTraceHeader(process.env._X_AMZN_TRACE_ID);
}

/** The levels of AWS's SDKs that leave warnings out. */
function quiet(): boolean {
  return /^(error|silent)$/i.test(process.env.AWS_XRAY_LOG_LEVEL ?? '');
}
