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
  return peer ? joined(name, peer) : name;
}

/**
 * Keeps the names by host and database. A name joined anew would be hashed anew wherever it is looked
 * up, such as by the writer of documents.
 */
const names = new Map<string, Map<string, string>>();
const MAX_NAMES = 1_000;
const MAX_NAME = 200;
let kept = 0;

function joined(name: string, peer: string): string {
  const known = names.get(peer)?.get(name);
  if (known !== undefined) return known;
  const text = `${name}@${peer}`;
  if (text.length <= MAX_NAME && kept++ < MAX_NAMES) {
    const ofPeer = names.get(peer) ?? new Map<string, string>();
    names.set(peer, ofPeer.set(name, text));
  }
  return text;
}
