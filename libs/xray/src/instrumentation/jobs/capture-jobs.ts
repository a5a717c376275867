import type { DiscoveryService } from '@nestjs/core';
import { XrayConfigurationError } from '../../xray.errors';
import { isObject } from '../../core/is-object';
import { instrumentBull, watchBull } from './bull';
import { instrumentBullMq, watchBullMq } from './bullmq';

/**
 * Records the jobs of the given copies of BullMQ or Bull. Needed where they cannot be detected: in a
 * bundle, in an ES-module application, or when they are loaded after the application has started.
 * Queues and processors of `@nestjs/bullmq` and `@nestjs/bull` are always detected.
 *
 * @throws XrayConfigurationError when a module is neither BullMQ nor Bull
 * @example
 * import * as bullmq from 'bullmq';
 * captureJobs([bullmq]); // in main.ts, before the application is created
 */
export function captureJobs(modules: readonly unknown[]): void {
  for (const module of modules) {
    // `import * as` puts a CommonJS package, such as Bull, under `default`.
    const { default: inner } = (module ?? {}) as { default?: unknown };
    const found = [module, inner].filter((each) => instrumentBullMq(each) || instrumentBull(each));
    if (found.length === 0) {
      throw new XrayConfigurationError(
        "captureJobs() cannot record jobs: its argument is neither the module 'bullmq' nor " +
          "'bull'. Use import * as bullmq from 'bullmq', then captureJobs([bullmq]).",
      );
    }
  }
}

/** Records the jobs of every copy of BullMQ and Bull that the application loads. */
export function watchJobs(): void {
  watchBullMq();
  watchBull();
}

/**
 * Records the jobs of the queues and workers that `@nestjs/bullmq` and `@nestjs/bull` register as
 * providers. Works from the instances, so it does not matter which copy their classes come from.
 */
export function watchProvidedJobs(discovery: DiscoveryService): void {
  for (const { instance } of discovery.getProviders()) {
    try {
      if (isObject(instance)) watchInstance(instance);
    } catch {
      // Reading a provider may throw, such as a proxy bound to a request. It is not a queue.
    }
  }
}

function watchInstance(instance: object): void {
  // Where a WorkerHost of @nestjs/bullmq stores its worker.
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
