import {
  attributes,
  type Fields,
  isFields,
  KINDS,
  list,
  nanoseconds,
  padded,
  text,
} from './import-formats';

/** A span as Zipkin's page and its API of version 2 give it out. */
export function isZipkin(value: unknown): value is Fields {
  return isFields(value) && typeof value.traceId === 'string' && typeof value.id === 'string';
}

/**
 * Zipkin's spans as OTLP has them. https://zipkin.io/zipkin-api/#/default/get_traces: times in
 * microseconds, ids in hexadecimal, and a call and what serves it may share one id.
 */
export function fromZipkin(spans: Fields[]): unknown[] {
  const earliest = new Map<string, number>();
  const callers = new Map<string, Fields>();
  for (const span of spans) {
    const trace = traceOf(span);
    const start = Number(span.timestamp) || Infinity;
    earliest.set(trace, Math.min(earliest.get(trace) ?? Infinity, start));
    if (!isServer(span)) callers.set(keyOf(span, span.id), span);
  }
  // What serves a call has an id of its own here, and what it calls itself is a part of it.
  const isShared = (span: Fields) =>
    isServer(span) && (span.shared === true || callers.has(keyOf(span, span.id)));
  const sharedParents = new Set(
    spans.filter(isShared).map((span) => `${keyOf(span, span.id)} ${serviceOf(span)}`),
  );
  return spans.map((span) => {
    const caller = callers.get(keyOf(span, span.id));
    const shared = isShared(span);
    const start =
      Number(span.timestamp) || Number(caller?.timestamp) || earliest.get(traceOf(span))!;
    const ownParent = sharedParents.has(`${keyOf(span, span.parentId)} ${serviceOf(span)}`);
    const parent = shared
      ? idOf(span.id)
      : ownParent
        ? servingId(span.parentId)
        : idOf(span.parentId);
    return {
      resource: { attributes: attributes([{ key: 'service.name', value: serviceOf(span) }]) },
      scopeSpans: [
        {
          spans: [
            {
              ...spanOf(span, start, caller),
              spanId: shared ? servingId(span.id) : idOf(span.id),
              ...(parent && { parentSpanId: parent }),
            },
          ],
        },
      ],
    };
  });
}

function spanOf(span: Fields, start: number, caller: Fields | undefined): object {
  const tags = isFields(span.tags) ? Object.entries(span.tags) : [];
  const tag = (name: string) => tags.find(([key]) => key === name)?.[1];
  const failure = tag('error') ?? false;
  const failed = (failure !== false && failure !== 'false') || tag('otel.status_code') === 'ERROR';
  const message = text(tag('otel.status_description')) || text(failure);
  const remote = isFields(span.remoteEndpoint) ? span.remoteEndpoint : {};
  const duration = Number(span.duration) || Number(caller?.duration) || 0;
  return {
    traceId: traceOf(span),
    name: text(span.name),
    kind: KINDS[text(span.kind).toLowerCase()] ?? 1,
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(start + duration),
    attributes: attributes([
      ...tags
        .filter(([key]) => !(failed && TAKEN.has(key)))
        .map(([key, value]) => ({ key: NAMES[key] ?? key, value })),
      ...present('db.system.name', tag('db.system') ?? (tag('sql.query') && 'other_sql')),
      ...present('peer.service', remote.serviceName),
      ...present('network.peer.address', text(remote.ipv4) || remote.ipv6),
      ...present('network.peer.port', remote.port),
    ]),
    events: list(span.annotations).map(({ timestamp, value }) => ({
      timeUnixNano: nanoseconds(Number(timestamp) || start),
      name: text(value) || 'annotation',
    })),
    status: failed ? { code: 2, message: message === 'true' ? '' : message } : {},
  };
}

/** Tags that say what a span of OTLP says in fields of its own. */
const TAKEN = new Set(['error', 'otel.status_code', 'otel.status_description']);

/** Zipkin's own tags by the names of OpenTelemetry. https://github.com/openzipkin/brave, `HttpTags`. */
const NAMES: Record<string, string | undefined> = {
  'http.path': 'url.path',
  'http.request.size': 'http.request.body.size',
  'http.response.size': 'http.response.body.size',
  'sql.query': 'db.query.text',
};

function present(key: string, value: unknown): Fields[] {
  return value === undefined || value === null || value === '' ? [] : [{ key, value }];
}

function isServer({ kind }: Fields): boolean {
  return text(kind).toUpperCase() === 'SERVER';
}

function serviceOf({ localEndpoint }: Fields): string {
  return isFields(localEndpoint) ? text(localEndpoint.serviceName) : '';
}

function traceOf({ traceId }: Fields): string {
  return padded(traceId, 32).toLowerCase();
}

function keyOf(span: Fields, id: unknown): string {
  return `${traceOf(span)} ${idOf(id)}`;
}

function idOf(id: unknown): string {
  return text(id) && padded(id, 16).toLowerCase();
}

/** Always the same one for an id, so that a trace may be imported again. */
function servingId(id: unknown): string {
  const given = idOf(id);
  const first = (parseInt(given.charAt(0), 16) ^ 8).toString(16);
  return first + given.slice(1);
}
