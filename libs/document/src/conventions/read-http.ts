import type { HttpDocument } from '../segment-document';
import { HTTP_NAMES } from './attribute-names';
import { compact, integerOf, textOf, type SpanAttributes, type SpanKindName } from './attributes';

/** Attributes that are stored in `http` and are not needed as metadata. */
const TAKEN = Object.entries(HTTP_NAMES)
  .filter(([field]) => field !== 'route' && field !== 'retries')
  .flatMap(([, names]) => names as readonly string[]);

/** A span with one of these is an HTTP span; addresses alone are not enough. */
const TELLING = new Set(TAKEN.filter((name) => /^(http\.|url\.|user_agent\.)/.test(name)));

/** Whether a span is an HTTP span. */
export function isHttp(attributes: SpanAttributes): boolean {
  for (const name of attributes.keys()) if (TELLING.has(name)) return true;
  return false;
}

/** Reads the `http` block and removes its attributes from `rest`; undefined if not an HTTP span. */
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
 * The URL, built from its parts if there is no full URL. Client and server spans have the host
 * in different attributes. Without a host, only the path is returned.
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
