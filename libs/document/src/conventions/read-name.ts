import { CALLEE_NAMES, HTTP_NAMES, SQL_NAMES } from './attribute-names';
import { textOf, type SpanAttributes } from './attributes';
import { isAwsCall } from './read-aws';

/**
 * The callee's name on X-Ray's service map; undefined if the attributes do not contain one.
 * X-Ray names a call after the service, OpenTelemetry after the operation.
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
 * `<database>@<host>`. The kind of database is used if it has no name or, as in Redis, a number. The
 * host distinguishes a database from a service of the same name.
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
