import type { DiscoveryService } from '@nestjs/core';
import { XrayConfigurationError } from '../../xray.errors';
import { isObject } from '../../core/is-object';
import { instrumentBull, watchBull } from './bull';
import { instrumentBullMq, watchBullMq } from './bullmq';

/**
 * Records the jobs of these copies of BullMQ or Bull. Needed where they can't be found by themselves:
 * in a bundle, in an application of ES modules, or loaded after the application has started. Queues
 * and processors of `@nestjs/bullmq` and `@nestjs/bull` are found everywhere.
 *
 * @example
 * import * as bullmq from 'bullmq';
 * captureJobs([bullmq]); // in main.ts, before the application is created
 */
export function captureJobs(modules: readonly unknown[]): void {
  for (const module of modules) {
    // A namespace of an ES module has a CommonJS package, such as Bull, in `default`.
    const { default: inner } = (module ?? {}) as { default?: unknown };
    const found = [module, inner].filter((each) => instrumentBullMq(each) || instrumentBull(each));
    if (found.length === 0) {
      throw new XrayConfigurationError(
        "Cannot record jobs of what captureJobs() was given: it is neither the module 'bullmq' nor " +
          "'bull'. Use import * as bullmq from 'bullmq', then captureJobs([bullmq]).",
      );
    }
  }
}

/** Records the jobs of BullMQ and Bull that were loaded so far. */
export function watchJobs(): void {
  watchBullMq();
  watchBull();
}

/**
 * Records the jobs of queues and workers among the providers, as the modules of `@nestjs/bullmq` and
 * `@nestjs/bull` make them: by their instances, so wherever their classes come from.
 */
export function watchProvidedJobs(discovery: DiscoveryService): void {
  for (const { instance } of discovery.getProviders()) {
    try {
      if (isObject(instance)) watchInstance(instance);
    } catch {
      // A provider that refuses to be looked at, such as a proxy that is bound to a request: no queue.
    }
  }
}

function watchInstance(instance: object): void {
  // A WorkerHost of @nestjs/bullmq keeps its worker there.
  const { _worker: worker } = instance as { _worker?: unknown };
  for (const each of [instance, worker]) {
    if (!isObject(each)) continue;
    const prototype = Object.getPrototypeOf(each) as object | null;
    if (hasMethods(prototype, 'callProcessJob')) instrumentBullMq({ Worker: { prototype } });
    else if (!hasMethods(prototype, 'add', 'addBulk')) continue;
    else if (hasMethods(prototype, 'setHandler')) instrumentBull({ prototype }, each);
    else if (hasMethods(prototype, 'waitUntilReady')) instrumentBullMq({ Queue: { prototype } });
    else if (hasMethods(prototype, 'getFlow')) instrumentBullMq({ FlowProducer: { prototype } });
  }
}

function hasMethods(prototype: object | null, ...names: string[]): prototype is object {
  const members = prototype as Record<string, unknown> | null;
  return names.every((name) => typeof members?.[name] === 'function');
}
