import type { AttributeValue } from './span';

/** Whether an attribute of a span becomes an annotation, so that filter expressions can search it. */
export type AttributeIndex = (key: string) => boolean;

/** First parts of the attribute names that OpenTelemetry's conventions and libraries use. */
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
/** How many attributes of one span are indexed. Further ones become metadata only. */
const MAX_INDEXED = 50;
/** Longer texts are not indexed, because nobody types them into a filter expression. */
const MAX_TEXT = 250;

/**
 * Parses the value of `--index-attributes`: `own` for the attributes that an application defines itself, `all`, `none`,
 * or a list of names, each of which may end with `*`.
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

/** The attributes to index, up to the limit. */
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
