import { type Span, text } from './span';

const FORBIDDEN = /[^ 0-9\p{L}_.:/%&#=+\-@]/gu;
const MAX_LENGTH = 200;

/**
 * X-Ray's names are those of services, where OpenTelemetry's are of operations: the first of
 * these that the span has, and its own name only at the last.
 */
export function segmentName(span: Span): string {
  const { attributes, kind, resource } = span;
  const local =
    kind === 'server' || (kind === 'internal' && attributes.get('aws.span.kind') === 'LOCAL_ROOT');
  const remote = kind === 'client' || kind === 'producer' || kind === 'consumer';
  const name =
    (local && text(attributes, 'aws.local.service')) ||
    (remote && withoutSdk(span, text(attributes, 'aws.remote.service'))) ||
    text(attributes, 'peer.service') ||
    text(attributes, 'aws.service') ||
    database(span) ||
    (kind === 'server' && text(resource, 'service.name')) ||
    text(attributes, 'rpc.service', 'http.host', 'net.peer.name', 'server.address') ||
    span.name.replace(FORBIDDEN, '');
  return name.slice(0, MAX_LENGTH) || 'span';
}

export function isAwsCall({ attributes }: Span): boolean {
  return attributes.get('rpc.system') === 'aws-api' || attributes.has('aws.service');
}

function withoutSdk(span: Span, name: string | undefined): string | undefined {
  return isAwsCall(span) ? name?.replace(/^(AWS\.SDK\.|AWS::)/, '') : name;
}

/** `<database>@<host>` */
function database({ attributes }: Span): string | undefined {
  const name = text(attributes, 'db.name', 'db.namespace');
  if (!name) return undefined;
  const url = text(attributes, 'db.connection_string')?.replace(/^jdbc:/, '');
  const host = url && /^[a-z][\w+.-]*:\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/?#]+)/i.exec(url)?.[1];
  return host ? `${name}@${host}` : name;
}
