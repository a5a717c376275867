import type { ModulesContainer } from '@nestjs/core';
import { TARGETS } from '../core/outgoing';
import type { Recorder } from '../core/recorder';
import { inBundle } from '../instrumentation/loaded-copies';
import { awsFound } from '../instrumentation/outgoing/aws';
import { pgFound } from '../instrumentation/outgoing/pg';
import type { Sampling } from '../sampling/create-sampler';
import type { XrayOptions } from '../xray.options';
import { createLogger } from './recorder.factory';

/** The recorder that speaks for an application: that of its first XrayModule, as for its requests. */
const speakers = new WeakMap<ModulesContainer, Recorder>();

/** Takes the word for an application, unless another XrayModule of it has. */
export function claimStartLine(application: ModulesContainer, recorder: Recorder): void {
  if (!speakers.has(application)) speakers.set(application, recorder);
}

/** Another may have it, when the application starts again. */
export function releaseStartLine(application: ModulesContainer, recorder: Recorder): void {
  if (speakers.get(application) === recorder) speakers.delete(application);
}

/** Says once for each start of an application what is recorded of it, and where that goes. */
export function logStartLine(
  application: ModulesContainer,
  recorder: Recorder,
  serviceName: string,
  options: XrayOptions,
): void {
  if (speakers.get(application) !== recorder) return;
  // Of the levels of AWS's SDKs, createLogger() knows those that leave warnings out as well.
  if (/^warn$/i.test(process.env.AWS_XRAY_LOG_LEVEL ?? '')) return;
  try {
    createLogger(options).log?.(
      `${serviceName} → ${recorder.destination}, ${sampled(options.sampling)}${notCaptured(recorder)}`,
    );
  } catch {
    // A logger that throws must not keep the application from starting.
  }
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

/** What of the option `capture` does not take place, and why. */
function notCaptured({ outgoing }: Recorder): string {
  if (outgoing === undefined) return '; not captured: outgoing calls (off)';
  const found = { aws: awsFound, sql: pgFound } as Partial<Record<string, () => boolean>>;
  // What is loaded later is recorded from then on; in a bundle it stays unseen.
  const absent = inBundle ? 'not found' : 'not loaded yet';
  const missing = TARGETS.flatMap((target) => {
    if (!outgoing.mayWant(target)) return [`${target} (off)`];
    return found[target]?.() === false ? [`${target} (${absent})`] : [];
  });
  return missing.length === 0 ? '' : `; not captured: ${missing.join(', ')}`;
}
