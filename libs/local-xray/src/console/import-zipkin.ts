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

/** Whether `value` is a span as Zipkin's page and version 2 of its API return it. */
export function isZipkin(value: unknown): value is Fields {
  return isFields(value) && typeof value.traceId === 'string' && typeof value.id === 'string';
}

/**
 * Converts Zipkin's spans to OTLP. https://zipkin.io/zipkin-api/#/default/get_traces: times are in microseconds, ids in
 * hexadecimal, and the client span and the server span of a call may share one id.
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
  // A server span that shares an id gets a new one, and becomes the parent of the calls it makes.
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
        ? serverSpanId(span.parentId)
        : idOf(span.parentId);
    return {
      resource: { attributes: attributes([{ key: 'service.name', value: serviceOf(span) }]) },
      scopeSpans: [
        {
          spans: [
            {
              ...spanOf(span, start, caller),
              spanId: shared ? serverSpanId(span.id) : idOf(span.id),
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

/** Tags for which an OTLP span has separate fields. */
const TAKEN = new Set(['error', 'otel.status_code', 'otel.status_description']);

/** OpenTelemetry's names for Zipkin's tags. https://github.com/openzipkin/brave, `HttpTags`. */
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

/** The new id of a server span. It depends only on `id`, so that importing a trace again changes nothing. */
function serverSpanId(id: unknown): string {
  const given = idOf(id);
  const first = (parseInt(given.charAt(0), 16) ^ 8).toString(16);
  return first + given.slice(1);
}
