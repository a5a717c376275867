import type { ModulesContainer } from '@nestjs/core';
import { TARGETS } from '../core/outgoing';
import type { Recorder } from '../core/recorder';
import { inBundle } from '../instrumentation/loaded-copies';
import { awsFound } from '../instrumentation/outgoing/aws';
import { pgFound } from '../instrumentation/outgoing/pg';
import type { Sampling } from '../sampling/create-sampler';
import type { XrayOptions } from '../xray.options';
import { createLogger } from './recorder.factory';

/** The recorder that logs the startup line of an application: the one of its first XrayModule. */
const loggedBy = new WeakMap<ModulesContainer, Recorder>();

/** Chooses `recorder` to log the startup line, unless another XrayModule was first. */
export function claimStartLine(application: ModulesContainer, recorder: Recorder): void {
  if (!loggedBy.has(application)) loggedBy.set(application, recorder);
}

/** When the application starts again, another recorder may log the line. */
export function releaseStartLine(application: ModulesContainer, recorder: Recorder): void {
  if (loggedBy.get(application) === recorder) loggedBy.delete(application);
}

/** Logs one line per start of an application: what is recorded and where it is sent. */
export function logStartLine(
  application: ModulesContainer,
  recorder: Recorder,
  serviceName: string,
  options: XrayOptions,
): void {
  if (loggedBy.get(application) !== recorder) return;
  infoLogger(options)?.(
    `${serviceName} → ${recorder.destination}, ${sampled(options.sampling)}${notCaptured(recorder)}`,
  );
}

/** Logs what is not a problem. Undefined if the application does not want that. */
export function infoLogger(
  options: Pick<XrayOptions, 'logger'>,
): ((message: string) => void) | undefined {
  // The lines have level `info`. createLogger() handles the levels that also exclude warnings.
  if (/^warn$/i.test(process.env.AWS_XRAY_LOG_LEVEL ?? '')) return undefined;
  const logger = createLogger(options);
  if (logger.log === undefined) return undefined;
  return (message) => {
    try {
      logger.log!(message);
    } catch {
      // A logger that throws must not affect the application.
    }
  };
}

function sampled(sampling: Sampling = 1): string {
  if (process.env.LAMBDA_TASK_ROOT) return 'the invocations that Lambda samples';
  if (sampling === 'central') return "requests by the daemon's rules";
  if (typeof sampling === 'function') return 'requests that a function picks';
  if (typeof sampling === 'object') return 'requests by local rules';
  if (sampling >= 1) return 'all requests';
  return sampling === 0
    ? 'no requests'
    : `${Number((sampling * 100).toPrecision(3))} % of requests`;
}

/** Which kinds of outgoing calls are not captured, and why. */
function notCaptured({ outgoing }: Recorder): string {
  if (outgoing === undefined) return '; not captured: outgoing calls (off)';
  const found = { aws: awsFound, sql: pgFound } as Partial<Record<string, () => boolean>>;
  // A library that is loaded later is instrumented then; in a bundle it never is.
  const absent = inBundle ? 'not found' : 'not loaded yet';
  const missing = TARGETS.flatMap((target) => {
    if (!outgoing.mayWant(target)) return [`${target} (off)`];
    return found[target]?.() === false ? [`${target} (${absent})`] : [];
  });
  return missing.length === 0 ? '' : `; not captured: ${missing.join(', ')}`;
}
