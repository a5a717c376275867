import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DiscoveryService, ModulesContainer } from '@nestjs/core';
import { setImmediate } from 'node:timers/promises';
import { Recorder } from '../core/recorder';
import { startRuntime, stopRuntime, type Runtime } from '../core/runtime';
import type { Undo } from '../decorators/shared-wrappers';
import { HttpEntry } from '../entry/http.entry';
import { ignoreMatcher } from '../entry/ignore';
import { MessageEntry } from '../entry/message.entry';
import { SegmentName } from '../entry/segment-name';
import { isRoot } from '../decorators/marks';
import { watchJobs, watchProvidedJobs } from '../instrumentation/jobs/capture-jobs';
import { watchSchedules } from '../instrumentation/jobs/schedule';
import { watchLifecycleHooks } from '../instrumentation/nest/lifecycle-hooks';
import { recordLogLines } from '../instrumentation/nest/log-lines';
import { receiveRpcHeaders } from '../instrumentation/nest/rpc-header';
import { instrumentOutgoing } from '../instrumentation/outgoing/install';
import { detectResource } from '../plugins/detect-resource';
import { inEffect, XRAY_OPTIONS, type XrayOptions } from '../xray.options';
import { autoTrace } from './auto-trace';
import { contextMissing } from './context-missing';
import { nameHandlers } from './controllers';
import { linkErrorLogs } from './error-link';
import { recordHandlerParameters } from './handler-parameters';
import { createLogger } from './recorder.factory';
import { traceResolvers } from './resolvers';
import { traceOperations, traceTrivialFields } from './graphql-fields';
import { warnOfBundle } from './bundle';
import { claimStartLine, logStartLine, releaseStartLine } from './start-line';

/**
 * Starts everything, or nothing with `enabled: false`. It does so in the constructor: at that time
 * every class of the application is known, and no router, scheduler or resolver has taken one of
 * their methods yet.
 */
@Injectable()
export class Wiring implements OnApplicationBootstrap, OnApplicationShutdown {
  /** False with `enabled: false`. */
  readonly started: boolean;
  private runtime: Runtime | undefined;
  private readonly done: Undo[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly recorder: Recorder,
    @Inject(XRAY_OPTIONS) private readonly options: XrayOptions,
    private readonly http: HttpEntry,
    private readonly messages: MessageEntry,
    private readonly modules: ModulesContainer,
  ) {
    this.started = options.enabled !== false;
    if (this.started) this.start();
  }

  private start(): void {
    const { options, recorder, discovery } = this;
    const development = process.env.NODE_ENV !== 'production';
    const { source = development, logs = development, plugins } = options;
    const { service: serviceName } = new SegmentName(options);
    this.runtime = {
      recorder,
      serviceName,
      missing: contextMissing(options, recorder),
      ignores: ignoreMatcher(inEffect(options).ignore),
      source,
      logs,
    };
    startRuntime(this.runtime);
    claimStartLine(this.modules, recorder);
    if (logs) recordLogLines();
    if (this.runtime.missing) watchLifecycleHooks(recorder.warn);
    if (plugins) {
      const detected = detectResource(plugins, createLogger(options));
      void detected.then((resource) => resource && recorder.describe(resource));
    }
    recorder.start();
    this.done.push(linkErrorLogs(options, recorder));
    receiveRpcHeaders(recorder.warn);
    if (recorder.outgoing) instrumentOutgoing(recorder.outgoing, recorder.warn);
    watchJobs();
    watchSchedules(discovery, isRoot, recorder.warn);
    this.http.start(() => this.startAgain());
    this.messages.start();
    this.done.push(
      ...nameHandlers(discovery),
      ...traceResolvers(discovery),
      ...autoTrace(discovery, options.autoTrace ?? false, recorder.warn),
      // After the wrappers above, which record parameters on subsegments, have been installed.
      ...recordHandlerParameters(discovery, recorder.warn),
    );
  }

  /** A testing module may create another application after it has closed the first. */
  private startAgain(): void {
    if (this.runtime) return;
    this.recorder.reopen();
    this.start();
  }

  /** At this point the GraphQL schema has been built and no request has been received. */
  onApplicationBootstrap(): void {
    if (!this.started) return;
    // Also cover the libraries that were loaded and the queues that were created since start().
    watchJobs();
    watchProvidedJobs(this.discovery);
    warnOfBundle(this.recorder, this.discovery);
    const { modules, recorder, options, runtime } = this;
    if (runtime) logStartLine(modules, recorder, runtime.serviceName, options);
    this.done.push(...traceOperations(this.discovery));
    if (this.options.graphql?.trivialFields !== true) return;
    this.done.push(...traceTrivialFields(this.discovery));
  }

  /**
   * Sends the remaining documents before the process ends. This is not done in the module class: a
   * TestingModuleBuilder that is compiled again keeps the module's instance, but creates new
   * providers.
   */
  async onApplicationShutdown(): Promise<void> {
    await connectionsClosed();
    // Close the recorder first: writing documents needs the source locations that undo() removes.
    await this.recorder.close();
    this.undo();
  }

  /** Restores the classes, for the next application in this process. */
  private undo(): void {
    if (this.runtime) stopRuntime(this.runtime);
    this.runtime = undefined;
    releaseStartLine(this.modules, this.recorder);
    this.http.stop();
    for (const undo of this.done.splice(0).reverse()) undo();
  }
}

/**
 * Waits until the requests of closed connections have ended. A server reports that it has closed as
 * soon as its connections are cut. Node notifies the requests later, at the end of a turn of the
 * event loop, so that they have ended after the second `setImmediate`.
 */
async function connectionsClosed(): Promise<void> {
  await setImmediate();
  await setImmediate();
}
