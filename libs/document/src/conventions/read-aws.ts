import { AWS_NAMES } from './attribute-names';
import { compact, textOf, type SpanAttributes } from './attributes';

const TEXTS = ['operation', 'account_id', 'region', 'request_id', 'queue_url'] as const;

/** Whether a span is a call of an AWS SDK. */
export function isAwsCall(attributes: SpanAttributes): boolean {
  return attributes.get('rpc.system') === 'aws-api' || attributes.has('aws.service');
}

/** All attributes that {@link readAwsCall} reads: most spans have none of them. */
const READ = new Set<string>(
  [...TEXTS, 'table_names' as const, 'table_name' as const].flatMap((field) => AWS_NAMES[field]),
);

/** Reads the `aws` block of a call, and removes the attributes it uses from `rest`. */
export function readAwsCall(
  attributes: SpanAttributes,
  rest: Map<string, unknown>,
): Record<string, unknown> | undefined {
  if (!hasAny(attributes)) return undefined;
  const call: Record<string, unknown> = {};
  for (const field of TEXTS) {
    call[field] = textOf(attributes, AWS_NAMES[field]);
    for (const name of AWS_NAMES[field]) rest.delete(name);
  }
  for (const name of AWS_NAMES.table_name) rest.delete(name);
  const given = attributes.get(AWS_NAMES.table_names[0]);
  const tables = Array.isArray(given) ? (given as unknown[]) : given === undefined ? [] : [given];
  if (tables.length > 1) call.table_names = tables;
  else call.table_name = tables[0] ?? textOf(attributes, AWS_NAMES.table_name);
  return compact(call);
}

function hasAny(attributes: SpanAttributes): boolean {
  for (const name of attributes.keys()) if (READ.has(name)) return true;
  return false;
}
