import { CALLEE_NAMES, HTTP_NAMES, SQL_NAMES } from './attribute-names';
import { textOf, type SpanAttributes } from './attributes';
import { isAwsCall } from './read-aws';

/**
 * Who a span calls, as X-Ray's service map names it; undefined when the attributes do not tell.
 * X-Ray's names are those of services, where OpenTelemetry's are of operations.
 */
export function readCallee(attributes: SpanAttributes): string | undefined {
  const service = textOf(attributes, CALLEE_NAMES.service);
  if (service !== undefined) {
    return isAwsCall(attributes) ? service.replace(/^(AWS\.SDK\.|AWS::)/, '') : service;
  }
  return (
    database(attributes) ??
    textOf(attributes, CALLEE_NAMES.genAi) ??
    textOf(attributes, CALLEE_NAMES.messaging) ??
    textOf(attributes, CALLEE_NAMES.rpc) ??
    textOf(attributes, HTTP_NAMES.host) ??
    textOf(attributes, HTTP_NAMES.peerName)
  );
}

/**
 * `<database>@<host>`; the kind of database where it has no name, or, as Redis, a number. The host
 * keeps a database apart from the service that bears its name.
 */
function database(attributes: SpanAttributes): string | undefined {
  const named = textOf(attributes, SQL_NAMES.database);
  const system = textOf(attributes, SQL_NAMES.database_type);
  const name = named !== undefined && !/^\d+$/.test(named) ? named : (system ?? named);
  if (name === undefined) return undefined;
  const url = textOf(attributes, SQL_NAMES.connection_string)?.replace(/^jdbc:/, '');
  const host = url && /^[a-z][\w+.-]*:\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/?#]+)/i.exec(url)?.[1];
  const peer = host || textOf(attributes, HTTP_NAMES.peerName);
  return peer ? `${name}@${peer}` : name;
}
