import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Call, NestFacts, RecordedSegment } from '../core/recorded-node';
import { storage } from '../core/context';
import { recordAlsoThrown } from '../core/cause';
import { isObject } from '../core/is-object';
import type { FrameworkRequest } from '../instrumentation/nest/framework-request';
import { contextOfEvents } from '../instrumentation/request-events';
import { handlerNameIn, handlerNameOf } from './handler-name';
import { mountPath } from './mount-path';
import { isEventStream, pathOf, recordAbort, recordResponse } from './http-block';

/**
 * A request that is being recorded; also the Call of its segment. The exchange of a response is
 * found through the active context, or outside it through the context of the response's events.
 *
 * Few properties of the request and the response are read, and none are added: Express changes
 * the objects' prototypes, so V8 cannot optimise access. See request-events.ts.
 */
export class Exchange implements Call {
  readonly detailed = false;
  nest: NestFacts | undefined = undefined;
  private brokenOff = false;
  /** Set by an interceptor; without one, taken from the route. */
  controller: string | undefined = undefined;
  handler: string | undefined = undefined;

  constructor(
    readonly segment: RecordedSegment,
    readonly request: FrameworkRequest,
    /** The framework's response object. */
    readonly response: unknown,
    private readonly raw: ServerResponse,
    http2: boolean,
  ) {
    segment.call = this;
    raw.on('finish', () => this.end(http2 && !hasLeft(raw) ? recordAbort : recordResponse));
    raw.on('close', () => this.closed());
  }

  get site(): object {
    return this;
  }

  incoming(header: string): unknown {
    const { raw = this.request as Partial<IncomingMessage> } = this.request;
    return raw.headers?.[header];
  }

  succeeded(): void {}
  failed(): void {}

  /** Whether `response`, the framework's or the raw one, belongs to this request. */
  answers(response: unknown): boolean {
    return response === this.response || response === this.raw;
  }

  /** Records what was thrown. The status decides whether it is an error or a fault. */
  record(thrown: unknown): void {
    const { segment } = this;
    const { error, fault, throttle } = segment;
    recordAlsoThrown(segment, thrown);
    Object.assign(segment, { error, fault, throttle });
  }

  /** The response broke off after its status was sent, so the status does not show the failure. */
  breakOff(thrown: unknown): void {
    if (this.segment.isClosed()) return;
    this.brokenOff = true;
    recordAlsoThrown(this.segment, thrown);
  }

  /** Whether part of the response has been sent, but not all of it. */
  isUnderWay(): boolean {
    return this.raw.headersSent && !this.raw.writableEnded;
  }

  private closed(): void {
    if (this.segment.isClosed()) return;
    const { raw } = this;
    // Set by code that destroyed the response with an error. A client that disconnects sets none.
    if (raw.errored) this.breakOff(raw.errored);
    const answered = this.brokenOff || raw.writableFinished || isEventStream(raw);
    this.end(answered ? recordResponse : recordAbort);
  }

  private end(record: (segment: RecordedSegment, response: ServerResponse) => void): void {
    const { segment } = this;
    if (segment.isClosed()) return;
    this.nest = routeOf(this);
    if (this.nest.route !== undefined) segment.addAnnotation('http_route', this.nest.route);
    record(segment, this.raw);
    segment.end();
  }
}

/**
 * Whether a finished HTTP/2 response was really sent. It is also finished when its client
 * disconnects.
 */
function hasLeft(response: ServerResponse): boolean {
  const { stream } = response as { stream?: { rstCode?: number } };
  return !stream?.rstCode || isEventStream(response);
}

/** The exchange of the active segment, if `response` belongs to it. */
export function activeExchange(response: unknown): Exchange | undefined {
  const active = storage.getStore();
  if (active === undefined || active.notTraced) return undefined;
  const { call } = active.root;
  return call instanceof Exchange && call.answers(response) ? call : undefined;
}

/** Like activeExchange(), but also works where the context was lost, as in callbacks of streams. */
export function exchangeOf(response: unknown): Exchange | undefined {
  if (typeof response !== 'object' || response === null) return undefined;
  const active = activeExchange(response);
  if (active !== undefined) return active;
  const { raw = response } = response as { raw?: object };
  const kept = contextOfEvents(raw);
  const call = kept === undefined || kept.notTraced ? undefined : kept.root.call;
  return call instanceof Exchange ? call : undefined;
}

/** Records that the response to the active request broke off. */
export function recordBreakOff(thrown: unknown): void {
  const active = storage.getStore();
  if (active === undefined || active.notTraced) return;
  const { call } = active.root;
  if (call instanceof Exchange) call.breakOff(thrown);
}

/** Records on the segment of the active request why it failed. The status decides the flags. */
export function recordOnRequest(thrown: unknown): void {
  const active = storage.getStore();
  if (active === undefined || active.notTraced) return;
  const { root } = active;
  if (root.call instanceof Exchange && !root.isClosed()) root.call.record(thrown);
}

/** Records on its segment what a request threw. */
export function recordException(thrown: unknown, response: unknown): void {
  const exchange = exchangeOf(response);
  if (exchange === undefined || exchange.segment.isClosed()) return;
  if (exchange.isUnderWay()) exchange.breakOff(thrown);
  else exchange.record(thrown);
  hideQuery(exchange);
}

/**
 * Removes the query string from what the request threw, if URLs are recorded without it: Nest's 404
 * quotes the URL.
 */
function hideQuery({ segment, request }: Exchange): void {
  const { cause, http } = segment;
  const given = request.originalUrl ?? request.raw?.url;
  if (typeof cause !== 'object' || !given || http?.request?.url?.endsWith(given)) return;
  for (const exception of cause.exceptions) {
    exception.message = exception.message?.replaceAll(given, pathOf(given));
  }
}

/** Caches what is known about a route by its handler. */
const routes = new WeakMap<object, NestFacts>();
const NOTHING: NestFacts = {};

/**
 * The route of the request, such as `/api/activities/@:handle`, with its controller and handler.
 */
function routeOf({ request, controller, handler, segment }: Exchange): NestFacts {
  const { route } = request;
  const options = route === undefined ? request.routeOptions : undefined;
  const key = route ? route.stack?.at(-1)?.handle : options?.config;
  const base =
    segment.cause === undefined ? request.baseUrl : request.baseUrl || mountPath(request);
  const path = route ? pathOfRoute(base, route.path) : options?.url;
  const known = isObject(key) ? routes.get(key) : undefined;
  if (known !== undefined && known.route === path && isNamed(known, controller, handler)) {
    return known;
  }
  const name = route ? handlerNameOf(key) : handlerNameIn(key as object | undefined);
  if (name === undefined && path === undefined && controller === undefined) return NOTHING;
  const facts: { -readonly [Name in keyof NestFacts]: NestFacts[Name] } = {};
  if (controller !== undefined || name !== undefined)
    facts.controller = controller ?? name!.controller;
  if (handler !== undefined || name !== undefined) facts.handler = handler ?? name!.handler;
  if (path !== undefined) facts.route = path;
  if (isObject(key)) routes.set(key, facts);
  return facts;
}

function isNamed(facts: NestFacts, controller?: string, handler?: string): boolean {
  return (
    (controller === undefined || controller === facts.controller) &&
    (handler === undefined || handler === facts.handler)
  );
}

function pathOfRoute(base: string | undefined, path: unknown): string | undefined {
  const first: unknown = Array.isArray(path) ? path[0] : path;
  return typeof first === 'string' ? (base ?? '') + first : undefined;
}
