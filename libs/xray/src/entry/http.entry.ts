import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isSampled, storage, type Active } from '../core/context';
import { textOf } from '../core/foreign-values';
import { incomingTrace } from '../core/propagation';
import { Recorder } from '../core/recorder';
import { runtime } from '../core/runtime';
import { inEffect, XRAY_OPTIONS, type XrayOptions } from '../xray.options';
import { watchDownloads, watchReplies } from '../instrumentation/nest/downloads';
import { watchEventStreams } from '../instrumentation/nest/event-streams';
import { watchExceptions } from '../instrumentation/nest/exceptions';
import type { FrameworkRequest } from '../instrumentation/nest/framework-request';
import {
  keepContextOfEvents,
  watchHttp2Events,
  watchRequestEvents,
} from '../instrumentation/request-events';
import { nameFastifyRoutes } from './handler-name';
import { activeExchange, Exchange, recordBreakOff, recordException } from './exchange';
import { hostIn, originForm, pathOf, requestBlock } from './http-block';
import { ignoreMatcher } from './ignore';
import { onAdapter } from '../instrumentation/nest/on-adapter';
import { nestLoadsItsPackages } from '../instrumentation/nest/parts';
import { hookRequests, type HookableAdapter } from '../instrumentation/nest/request-hook';
import { SegmentName } from './segment-name';

/**
 * The entry that handles the requests of an adapter: the first one, until its application closes.
 */
const hooks = new WeakMap<HookableAdapter, { entry: HttpEntry }>();

/**
 * Opens the segment of an HTTP request before anything else sees it, so that a guard's 403, a 404
 * and malformed JSON are recorded too. Closes it when the response has been sent or the client has
 * disconnected.
 */
@Injectable()
export class HttpEntry {
  private readonly ignored: ReturnType<typeof ignoreMatcher>;
  private readonly name: SegmentName;
  private readonly urlQuery: 'strip' | 'keep';
  private watching = false;
  private stopped = false;
  /**
   * Whether the framework's request and response may wrap the raw ones. Express's are the raw ones.
   */
  private wrapped = true;
  /** In development, responses carry their trace id in a header. */
  private readonly exposesTraceId = process.env.NODE_ENV !== 'production';

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly recorder: Recorder,
    @Inject(XRAY_OPTIONS) options: XrayOptions,
  ) {
    const { ignore, urlQuery = 'strip', ...naming } = inEffect(options);
    this.ignored = ignoreMatcher(ignore);
    this.name = new SegmentName(naming);
    this.urlQuery = urlQuery;
  }

  /**
   * Hooks into the HTTP adapter as soon as there is one.
   *
   * @param before called before an adapter is used
   */
  start(before: () => void): void {
    this.stopped = false;
    if (this.watching) return;
    this.watching = true;
    const use = (adapter: HookableAdapter): void => {
      before();
      nestLoadsItsPackages();
      watchExceptions(recordException, this.recorder.warn);
      watchDownloads(recordBreakOff);
      watchEventStreams(recordBreakOff, this.recorder.warn);
      watchRequestEvents();
      this.wrapped = adapter.getType() !== 'express';
      const hooked = hooks.get(adapter);
      if (hooked) {
        if (hooked.entry.stopped) hooked.entry = this;
        return;
      }
      const hook = { entry: this as HttpEntry };
      hooks.set(adapter, hook);
      if (adapter.getType() === 'fastify') nameFastifyRoutes(adapter.getInstance());
      hookRequests(adapter, (request, response, next) =>
        hook.entry.handle(request, response, next),
      );
    };
    onAdapter(this.host, use, this.recorder.warn);
  }

  /** Another entry may take over. */
  stop(): void {
    this.stopped = true;
  }

  private handle(request: FrameworkRequest, response: unknown, next: () => void): void {
    let active: Active;
    try {
      active = this.open(request, response);
    } catch (problem) {
      // The application must not be affected; log what happened.
      this.recorder.warn('http-open', `A request could not be traced: ${textOf(problem)}`);
    }
    if (active === undefined) next();
    else storage.run(active, next);
  }

  private open(request: FrameworkRequest, response: unknown): Active {
    // A request passed from one Nest application to another in the same process is one request.
    if (activeExchange(response) !== undefined) return storage.getStore();
    const raw = (this.wrapped ? request.raw : undefined) ?? (request as IncomingMessage);
    const answer =
      (this.wrapped ? (response as { raw?: ServerResponse }).raw : undefined) ??
      (response as ServerResponse);
    const method = raw.method ?? 'GET';
    const url = request.originalUrl ?? raw.url ?? '/';
    const path = pathOf(url);
    if (this.ignored?.({ method, path })) return undefined;

    const { headers } = raw;
    const host = hostIn(headers);
    const http2 = this.wrapped && raw.httpVersionMajor === 2;
    if (this.wrapped) watchReplies(response as object, recordBreakOff);
    if (http2) watchHttp2Events(raw, answer);
    const header = incomingTrace(headers);
    const serviceName = this.name.of(host);
    const active = this.recorder.open({ serviceName, method, path, host }, header);
    if (header?.sampled === '?') {
      const root = active.notTraced ? active.trace_id : active.root.trace_id;
      answer.setHeader('X-Amzn-Trace-Id', `Root=${root};Sampled=${Number(isSampled(active))}`);
    }
    if (active.notTraced) {
      // If nothing is propagated and nothing is reported, an empty context is cheapest.
      const needed = this.recorder.outgoing?.propagates === true || runtime.missing !== undefined;
      if (!needed) return undefined;
      keepContextOfEvents(active, raw, answer);
      return active;
    }
    const target = this.urlQuery === 'keep' ? originForm(url) : path;
    if (this.exposesTraceId && isSampled(active) && !answer.headersSent) {
      answer.setHeader('X-Trace-Id', active.root.trace_id);
    }
    active.http = { request: requestBlock(raw, method, host, target) };
    keepContextOfEvents(active, raw, answer);
    new Exchange(active, request, response, answer, http2);
    return active;
  }
}
