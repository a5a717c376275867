import type { ServerResponse } from 'node:http';
import type { Call, NestFacts, RecordedSegment } from '../core/recorded-node';
import { storage } from '../core/context';
import { recordAlsoThrown } from '../core/cause';
import { isObject } from '../core/is-object';
import type { FrameworkRequest } from '../instrumentation/nest/framework-request';
import { handlerNameIn, handlerNameOf } from './handler-name';
import { isEventStream, pathOf, recordAbort, recordResponse } from './http-block';

/** A listener that tells whose it is. */
interface Listener {
  (): void;
  exchange?: Exchange;
}

/**
 * A request that is being recorded: the call of its segment. What a response belongs to is known
 * by the context, and outside of it by the listener there.
 *
 * Nothing is put on the request or the response, and little is asked of them. Express gives each a
 * prototype, whereupon V8 knows no two of them to be alike: a property that is read for the first
 * time costs 0.1 to 0.5 µs there, and a new one 1.5.
 */
export class Exchange implements Call {
  readonly detailed = false;
  nest: NestFacts | undefined = undefined;
  private brokenOff = false;
  /** Known when an interceptor saw them; else the route tells. */
  controller: string | undefined = undefined;
  handler: string | undefined = undefined;

  constructor(
    readonly segment: RecordedSegment,
    readonly request: FrameworkRequest,
    /** The framework's. */
    readonly response: unknown,
    private readonly raw: ServerResponse,
  ) {
    segment.call = this;
    const closed: Listener = () => this.closed();
    closed.exchange = this;
    raw.on('finish', () => this.end(hasLeft(raw) ? recordResponse : recordAbort));
    raw.on('close', closed);
  }

  get site(): object {
    return this;
  }

  succeeded(): void {}
  failed(): void {}

  /** Whether `response`, the framework's or the raw one, is the one to this request. */
  answers(response: unknown): boolean {
    return response === this.response || response === this.raw;
  }

  /** Records what was thrown; whether that is an error or a fault is for the status to say. */
  record(thrown: unknown): void {
    const { segment } = this;
    const { error, fault, throttle } = segment;
    recordAlsoThrown(segment, thrown);
    Object.assign(segment, { error, fault, throttle });
  }

  /** What is being sent broke off, which the status that has left already cannot say. */
  breakOff(thrown: unknown): void {
    if (this.segment.isClosed()) return;
    this.brokenOff = true;
    recordAlsoThrown(this.segment, thrown);
  }

  /** Whether a part of the answer has left, and not yet all of it. */
  isUnderWay(): boolean {
    return this.raw.headersSent && !this.raw.writableEnded;
  }

  private closed(): void {
    if (this.segment.isClosed()) return;
    const { raw } = this;
    // Set by whoever destroyed the response with an error; a client that left sets none.
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

/** Whether a response that says it has finished has: HTTP/2's also says so when its client left. */
function hasLeft(response: ServerResponse): boolean {
  const { stream } = response as { stream?: { rstCode?: number } };
  return !stream?.rstCode || isEventStream(response);
}

/** The exchange of the active segment, if `response` is the answer to it. */
export function activeExchange(response: unknown): Exchange | undefined {
  const active = storage.getStore();
  if (active === undefined || active.notTraced) return undefined;
  const { call } = active.root;
  return call instanceof Exchange && call.answers(response) ? call : undefined;
}

/** The same, also where the context was lost, as it is in callbacks of streams. */
export function exchangeOf(response: unknown): Exchange | undefined {
  if (typeof response !== 'object' || response === null) return undefined;
  const active = activeExchange(response);
  if (active !== undefined) return active;
  const { raw = response } = response as { raw?: object };
  const listeners = (raw as Partial<ServerResponse>).listeners?.('close') as Listener[] | undefined;
  return listeners?.find(({ exchange }) => exchange !== undefined)?.exchange;
}

/** Records that what the active request was sending broke off. */
export function recordBreakOff(thrown: unknown): void {
  const active = storage.getStore();
  if (active === undefined || active.notTraced) return;
  const { call } = active.root;
  if (call instanceof Exchange) call.breakOff(thrown);
}

/** Records on the segment of the active request why it failed; its status says how that counts. */
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

/** Takes out of what the request threw the query that its URL is recorded without: Nest's 404 quotes it. */
function hideQuery({ segment, request }: Exchange): void {
  const { cause, http } = segment;
  const given = request.originalUrl ?? request.raw?.url;
  if (typeof cause !== 'object' || !given || http?.request?.url?.endsWith(given)) return;
  for (const exception of cause.exceptions) {
    exception.message = exception.message?.replaceAll(given, pathOf(given));
  }
}

/** What is known of a route by its handler: most have one, and its text is kept. */
const routes = new WeakMap<object, NestFacts>();
const NOTHING: NestFacts = {};

/** The route that took the request, such as `/api/activities/@:handle`, and whose it is. */
function routeOf({ request, controller, handler }: Exchange): NestFacts {
  const { route } = request;
  const options = route === undefined ? request.routeOptions : undefined;
  const key = route ? route.stack?.at(-1)?.handle : options?.config;
  const path = route ? pathOfRoute(request.baseUrl, route.path) : options?.url;
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
