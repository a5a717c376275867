import type { AttributeValue } from './span';

/** Which attributes of spans become annotations, so that filter expressions find them. */
export type AttributeIndex = (key: string) => boolean;

/** Attributes that OpenTelemetry's conventions and its libraries set begin with one of these. */
const CONVENTIONS = new Set(
  (
    'android app artifact aspnetcore aws az azure browser cassandra cicd client cloud cloudevents cloudfoundry code ' +
    'container cpu cpython db deployment destination device disk dns dotnet elasticsearch enduser error event exception ' +
    'express faas fastify feature_flag file gcp gen_ai geo go graphql hardware heroku host http hw internal ios jvm k8s ' +
    'kestrel koa linux log messaging nestjs net network next nodejs oci openai opentracing os otel peer pool process ' +
    'profile rpc sampler security_rule server service session signalr source span state system telemetry test thread tls ' +
    'url user user_agent v8js vcs webengine xray zos'
  ).split(' '),
);
/** More of a span are kept as metadata only. */
const MAX_INDEXED = 50;
/** Longer texts are nothing that anybody types into a filter. */
const MAX_TEXT = 250;

/**
 * Reads what `--index-attributes` says: `own` for the attributes that an application has named itself, `all`, `none`, or
 * names, of which `*` at the end stands for any rest.
 */
export function attributeIndex(names: readonly string[]): AttributeIndex {
  const rules = names.map(ruleOf);
  return (key) => rules.some((rule) => rule(key));
}

function ruleOf(name: string): AttributeIndex {
  if (name === 'own') return (key) => !CONVENTIONS.has(key.split('.', 1)[0]!);
  if (name === 'all') return () => true;
  if (name === 'none') return () => false;
  if (name.endsWith('*')) return (key) => key.startsWith(name.slice(0, -1));
  return (key) => key === name;
}

/** The attributes to index, at most as many as are useful. */
export function indexed(
  attributes: ReadonlyMap<string, AttributeValue>,
  index: AttributeIndex,
): [string, string | number | bigint | boolean][] {
  const found: [string, string | number | bigint | boolean][] = [];
  for (const [key, value] of attributes) {
    if (found.length >= MAX_INDEXED) break;
    if (typeof value === 'object' || !index(key)) continue;
    if (typeof value === 'string' && value.length > MAX_TEXT) continue;
    found.push([key, value]);
  }
  return found;
}
