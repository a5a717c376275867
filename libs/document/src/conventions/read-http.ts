import type { HttpDocument } from '../segment-document';
import { HTTP_NAMES } from './attribute-names';
import { compact, integerOf, textOf, type SpanAttributes, type SpanKindName } from './attributes';

/** Attributes that end up in `http` and need not be kept besides. */
const TAKEN = Object.entries(HTTP_NAMES)
  .filter(([field]) => field !== 'route' && field !== 'retries')
  .flatMap(([, names]) => names as readonly string[]);

/** One of these makes it an HTTP span; addresses alone do not. */
const TELLING = new Set(TAKEN.filter((name) => /^(http\.|url\.|user_agent\.)/.test(name)));

/** Whether a span is one of HTTP. */
export function isHttp(attributes: SpanAttributes): boolean {
  for (const name of attributes.keys()) if (TELLING.has(name)) return true;
  return false;
}

/** The `http` of a span, undefined when it is no HTTP; takes the attributes it is made of out of `rest`. */
export function readHttp(
  attributes: SpanAttributes,
  kind: SpanKindName,
  rest: Map<string, unknown>,
): HttpDocument | undefined {
  if (!isHttp(attributes)) return undefined;
  for (const name of TAKEN) rest.delete(name);
  const forwardedFor = textOf(attributes, HTTP_NAMES.forwardedFor);
  const request = compact({
    method: textOf(attributes, HTTP_NAMES.method),
    url: urlOf(attributes, kind),
    user_agent: textOf(attributes, HTTP_NAMES.user_agent),
    client_ip: forwardedFor ?? textOf(attributes, HTTP_NAMES.client_ip),
    x_forwarded_for: forwardedFor === undefined ? undefined : true,
  });
  const response = compact({
    status: readStatus(attributes),
    content_length: integerOf(attributes, HTTP_NAMES.content_length),
  });
  return compact({ request, response });
}

export function readStatus(attributes: SpanAttributes): number | undefined {
  return integerOf(attributes, HTTP_NAMES.status);
}

/**
 * The URL, put together from its parts when it is not there whole. Which parts say the
 * host depends on the side; where none does, a path is better than nothing.
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
function urlOf(attributes: SpanAttributes, kind: SpanKindName): string | undefined {
  const whole = textOf(attributes, HTTP_NAMES.url);
  if (whole) return whole;
  const scheme = textOf(attributes, HTTP_NAMES.scheme) ?? 'http';
  const server = kind === 'server';
  const named = textOf(attributes, HTTP_NAMES.host);
  const host = named ?? textOf(attributes, server ? HTTP_NAMES.serverName : HTTP_NAMES.peerName);
  if (!host) return pathOf(attributes);
  const port =
    named === undefined
      ? integerOf(attributes, server ? HTTP_NAMES.serverPort : HTTP_NAMES.peerPort)
      : undefined;
  const usual = port === undefined || port === (scheme === 'https' ? 443 : 80);
  return `${scheme}://${host}${usual ? '' : `:${port}`}${pathOf(attributes) ?? '/'}`;
}

function pathOf(attributes: SpanAttributes): string | undefined {
  const target = textOf(attributes, HTTP_NAMES.target);
  if (target !== undefined) return target;
  const query = textOf(attributes, HTTP_NAMES.query);
  const path = textOf(attributes, HTTP_NAMES.path);
  if (query === undefined) return path;
  return `${path ?? '/'}?${query.replace(/^\?/, '')}`;
}
