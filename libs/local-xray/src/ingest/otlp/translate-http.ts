import type { HttpDocument } from '@nestjs-xray/document';
import { type Attributes, compact, integer, type Span, text } from './span';

/** Attributes that end up in `http` and are not repeated in the metadata. Old conventions and new. */
const TAKEN = [
  'http.method',
  'http.request.method',
  'http.client_ip',
  'client.address',
  'http.user_agent',
  'user_agent.original',
  'http.status_code',
  'http.response.status_code',
  'http.url',
  'url.full',
  'http.scheme',
  'url.scheme',
  'http.host',
  'http.target',
  'url.path',
  'url.query',
  'http.server_name',
  'http.response_content_length',
  'http.response.body.size',
  'net.host.port',
  'net.host.name',
  'host.name',
  'net.peer.name',
  'net.peer.port',
  'net.peer.ip',
  'server.address',
  'server.port',
  'network.peer.address',
  'network.peer.port',
];
/** One of these makes it an HTTP span; addresses alone do not. */
const TELLING = /^(http\.|url\.|user_agent\.)/;

/** The `http` of a segment; takes the attributes it is made from out of `rest`. */
export function translateHttp(span: Span, rest: Attributes): HttpDocument | undefined {
  const { attributes } = span;
  const found = TAKEN.filter((key) => attributes.has(key));
  for (const key of found) rest.delete(key);
  if (!found.some((key) => TELLING.test(key))) return undefined;
  const forwardedFor = text(attributes, 'http.client_ip', 'client.address');
  const request = compact({
    method: text(attributes, 'http.method', 'http.request.method'),
    url: urlOf(span),
    user_agent: text(attributes, 'http.user_agent', 'user_agent.original'),
    client_ip: forwardedFor ?? text(attributes, 'net.peer.ip', 'network.peer.address'),
    x_forwarded_for: forwardedFor === undefined ? undefined : true,
  });
  const response = compact({
    status: statusOf(attributes),
    content_length: integer(attributes, 'http.response_content_length', 'http.response.body.size'),
  });
  return compact({ request, response });
}

export function statusOf(attributes: Attributes): number | undefined {
  return integer(attributes, 'http.status_code', 'http.response.status_code');
}

/**
 * The URL, put together from its parts when it is not there whole. Which parts say the
 * host depends on the side.
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
function urlOf({ attributes, kind }: Span): string | undefined {
  const whole = text(attributes, 'http.url', 'url.full');
  if (whole) return whole;
  const scheme = text(attributes, 'http.scheme', 'url.scheme') ?? 'http';
  const host =
    text(attributes, 'http.host') ??
    (kind === 'server'
      ? text(attributes, 'http.server_name', 'net.host.name', 'server.address', 'host.name')
      : text(attributes, 'net.peer.name', 'server.address', 'net.peer.ip', 'network.peer.address'));
  if (!host) return undefined;
  const port = attributes.has('http.host')
    ? undefined
    : integer(
        attributes,
        ...(kind === 'server' ? ['net.host.port'] : ['net.peer.port']),
        'server.port',
      );
  const usual = port === undefined || port === (scheme === 'https' ? 443 : 80);
  return `${scheme}://${host}${usual ? '' : `:${port}`}${pathOf(attributes)}`;
}

function pathOf(attributes: Attributes): string {
  const query = text(attributes, 'url.query');
  return (
    text(attributes, 'http.target') ??
    (text(attributes, 'url.path') ?? '/') +
      (query === undefined ? '' : `?${query.replace(/^\?/, '')}`)
  );
}
