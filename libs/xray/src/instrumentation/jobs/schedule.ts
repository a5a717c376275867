import 'reflect-metadata';
import type { DiscoveryService } from '@nestjs/core';
import { runJob } from '../../core/job';
import type { Warn } from '../../core/warn-once';
import { patchMethod, type Method } from '../patch';

/** The method of ScheduleExplorer that turns a scheduled method into the timer's callback. */
const WRAP_METHOD = 'wrapFunctionInTryCatchBlocks';

/**
 * Identifies ScheduleExplorer by its methods, since a minified bundle renames the class. The first
 * method is not enough: @nestjs/event-emitter has one of the same name with other arguments.
 */
const EXPLORER_METHODS = [WRAP_METHOD, 'lookupSchedulers'];

/** The metadata keys under which Nest stores a method's schedule. */
const TRIGGERS: Record<string, (options: never) => object> = {
  SCHEDULE_CRON_OPTIONS: ({ cronTime }: { cronTime?: unknown }) => ({ cron: String(cronTime) }),
  SCHEDULE_INTERVAL_OPTIONS: ({ timeout }: { timeout?: unknown }) => ({ intervalMs: timeout }),
  SCHEDULE_TIMEOUT_OPTIONS: ({ timeout }: { timeout?: unknown }) => ({ timeoutMs: timeout }),
};

/**
 * Records each run of a method with @Cron(), @Interval() or @Timeout() as a segment. Looks for the
 * explorer of @nestjs/schedule among the providers, so that the package is not loaded needlessly.
 *
 * @param isRoot whether a method already opens a segment, as with @Segment()
 */
export function watchSchedules(
  discovery: DiscoveryService,
  isRoot: (method: object) => boolean,
  warn: Warn,
): void {
  for (const { metatype } of discovery.getProviders()) {
    if (typeof metatype !== 'function') continue;
    const prototype = metatype.prototype as Record<string, unknown> | undefined;
    if (EXPLORER_METHODS.every((method) => typeof prototype?.[method] === 'function')) {
      patchMethod(prototype!, WRAP_METHOD, (original) => makingCallback(original, isRoot));
    } else if (metatype.name === 'ScheduleExplorer') {
      warn('part:ScheduleExplorer', MISSING);
    }
  }
}

function makingCallback(original: Method, isRoot: (method: object) => boolean): Method {
  return function wrap(this: unknown, ...args: never[]): unknown {
    const [method, instance, ...rest] = args as unknown as [Method, object];
    const traced =
      typeof method !== 'function' || isRoot(method) ? method : running(method, instance);
    return Reflect.apply(original, this as never, [traced, instance, ...rest] as never[]);
  };
}

function running(method: Method, instance: object): Method {
  const job = {
    name: `${instance.constructor.name}.${method.name}`,
    facts: { system: 'schedule', ...triggerOf(method) },
  };
  return function traced(this: unknown, ...args: never[]): unknown {
    return runJob(job, () => Reflect.apply(method, this as never, args));
  };
}

function triggerOf(method: object): object {
  for (const [key, read] of Object.entries(TRIGGERS)) {
    const options = Reflect.getMetadata(key, method) as never;
    if (typeof options === 'object' && options !== null) return read(options);
  }
  return {};
}

const MISSING =
  `Could not find ScheduleExplorer.${WRAP_METHOD} in @nestjs/schedule: methods with @Cron(), ` +
  '@Interval() and @Timeout() get no segment. This version of Nest may be newer than this version ' +
  'of nestjs-xray, so look for a newer one; until then, put @Segment() on them.';
