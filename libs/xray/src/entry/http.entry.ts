import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { storage, type Active } from '../core/context';
import { Recorder } from '../core/recorder';
import { runtime } from '../core/runtime';
import type { Segment } from '../core/segment';
import { XRAY_OPTIONS, type XrayOptions } from '../xray.options';
import { watchExceptions } from './exceptions';
import { nameFastifyRoutes } from './handler-name';
import {
  Exchange,
  exchangeOf,
  isEventStream,
  pathOf,
  recordAbort,
  recordResponse,
  recordRoute,
  requestBlock,
  type FrameworkRequest,
} from './http-exchange';
import { ignoreMatcher } from './ignore';
import { incomingHeader } from './incoming-header';
import { onAdapter } from './on-adapter';
import { hookRequests, type HookableAdapter } from './request-hook';
import { SegmentName } from './segment-name';

/**
 * Opens the segment of an HTTP request before anything else sees it, so that a
 * guard's 403, a 404 and malformed JSON are recorded too; closes it when the
 * answer has left or the client has.
 */
@Injectable()
export class HttpEntry {
  private readonly ignored: ReturnType<typeof ignoreMatcher>;
  private readonly name: SegmentName;
  private readonly urlQuery: 'strip' | 'keep';

  constructor(
    host: HttpAdapterHost,
    private readonly recorder: Recorder,
    @Inject(XRAY_OPTIONS) options: XrayOptions,
  ) {
    this.ignored = ignoreMatcher(options.ignore);
    this.name = new SegmentName(options);
    this.urlQuery = options.urlQuery ?? 'strip';
    if (options.enabled === false) return;
    onAdapter<HookableAdapter>(host, (adapter) => {
      watchExceptions();
      if (adapter.getType() === 'fastify') nameFastifyRoutes(adapter.getInstance());
      hookRequests(adapter, (request, response, next) => this.handle(request, response, next));
    });
  }

  private handle(request: FrameworkRequest, response: unknown, next: () => void): void {
    let active: Active;
    try {
      active = this.open(request, response);
    } catch (problem) {
      // The application must not notice; what happened is worth a line.
      this.recorder.warn('http-open', `A request could not be traced: ${String(problem)}`);
    }
    if (active === undefined) next();
    else storage.run(active, next);
  }

  private open(request: FrameworkRequest, response: unknown): Active {
    const raw = request.raw ?? (request as IncomingMessage);
    const answer = (response as { raw?: ServerResponse }).raw ?? (response as ServerResponse);
    // A request that is handed from one Nest application to another in it is one request.
    if (exchangeOf(answer) !== undefined) return storage.getStore();
    const method = raw.method ?? 'GET';
    const path = pathOf(request.originalUrl ?? raw.url ?? '/');
    if (this.ignored?.({ method, path })) return undefined;

    const { headers } = raw;
    const header = incomingHeader(headers);
    const serviceName = this.name.of(headers.host);
    const active = this.recorder.open({ serviceName, method, path, host: headers.host }, header);
    if (header?.sampled === '?') {
      const root = active.notTraced ? active.trace_id : active.root.trace_id;
      answer.setHeader('X-Amzn-Trace-Id', `Root=${root};Sampled=${active.notTraced ? 0 : 1}`);
    }
    if (active.notTraced) {
      // With nobody downstream to tell and nothing to report, an empty context is the cheapest.
      const needed = this.recorder.outgoing?.propagates === true || runtime.missing !== undefined;
      return needed ? active : undefined;
    }
    active.http = { request: requestBlock(raw, this.urlQuery) };
    new Exchange(active, request, answer);
    answer.on('finish', finished);
    answer.on('close', closed);
    return active;
  }
}

function finished(this: ServerResponse): void {
  end(this, recordResponse);
}

function closed(this: ServerResponse): void {
  end(this, this.writableFinished || isEventStream(this) ? recordResponse : recordAbort);
}

function end(
  response: ServerResponse,
  record: (segment: Segment, response: ServerResponse) => void,
): void {
  const exchange = exchangeOf(response);
  if (exchange === undefined || exchange.segment.isClosed()) return;
  const { segment } = exchange;
  recordRoute(exchange);
  record(segment, response);
  segment.end();
}
