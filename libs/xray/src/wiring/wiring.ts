import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, ModuleRef } from '@nestjs/core';
import { Recorder } from '../core/recorder';
import { startRuntime, stopRuntime, type Runtime } from '../core/runtime';
import type { Undo } from '../decorators/wrap-class';
import { XRAY_OPTIONS, type XrayOptions } from '../xray.options';
import { autoTrace } from './auto-trace';
import { contextMissing } from './context-missing';
import { nameHandlers } from './controllers';
import { traceResolvers } from './resolvers';
import { traceTrivialFields } from './graphql-fields';

/**
 * What is done to the application's own classes. In a constructor: every class is known by then,
 * and none of its methods has been handed to a router, a scheduler or a resolver.
 */
@Injectable()
export class Wiring implements OnApplicationBootstrap {
  private readonly runtime: Runtime | undefined;
  private readonly done: Undo[] = [];

  constructor(
    discovery: DiscoveryService,
    recorder: Recorder,
    @Inject(XRAY_OPTIONS) private readonly options: XrayOptions,
    private readonly modules: ModuleRef,
  ) {
    if (options.enabled === false) return;
    const { source = process.env.NODE_ENV !== 'production' } = options;
    this.runtime = { recorder, missing: contextMissing(options, recorder), source };
    startRuntime(this.runtime);
    this.done.push(
      ...nameHandlers(discovery),
      ...traceResolvers(discovery),
      ...autoTrace(discovery, options.autoTrace ?? false),
    );
  }

  /** GraphQL's schema is made by now, and no request has come. */
  onApplicationBootstrap(): void {
    const { enabled, graphql } = this.options;
    if (enabled === false || graphql?.trivialFields !== true) return;
    this.done.push(...traceTrivialFields(this.modules));
  }

  /** Leaves the classes as they were, for the next application in this process. */
  undo(): void {
    if (this.runtime) stopRuntime(this.runtime);
    for (const undo of this.done.splice(0).reverse()) undo();
  }
}
