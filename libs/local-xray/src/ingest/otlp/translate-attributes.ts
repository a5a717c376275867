import {
  type AnnotationValue,
  INDEXED_KEYS,
  METADATA_PREFIX,
  USER_NAMES,
} from '@nestjs-xray/document';
import { type AttributeIndex, indexed as indexedOf } from './indexed-attributes';
import type { Attributes, AttributeValue } from './span';

interface Translated {
  user?: string;
  annotations?: Record<string, AnnotationValue>;
  metadata?: Record<string, Record<string, unknown>>;
}

/**
 * What is left of a span's attributes: those that `aws.xray.annotations` names become annotations,
 * `enduser.id` the user, and all others metadata of the namespace `default`. Those that `index` wants are annotations
 * besides, so that they are found.
 *
 * @param resource the resource's attributes, for a segment; subsegments do not repeat them.
 */
export function translateAttributes(
  rest: Attributes,
  resource: Attributes | undefined,
  index: AttributeIndex,
): Translated {
  const all = new Map(rest);
  const user = USER_NAMES.map((name) => all.get(name)).find((value) => value !== undefined);
  for (const name of USER_NAMES) all.delete(name);
  all.delete('xray.status');
  const indexed = all.get(INDEXED_KEYS);
  const keys = new Set(Array.isArray(indexed) ? indexed : []);
  if (Array.isArray(indexed)) all.delete(INDEXED_KEYS);
  const wanted = indexedOf(all, (key) => !key.startsWith(METADATA_PREFIX) && index(key));
  for (const [key, value] of resource ?? []) all.set(`otel.resource.${key}`, value);

  const annotations = new Map<string, AnnotationValue>();
  const metadata = new Map<string, Map<string, unknown>>([['default', new Map()]]);
  for (const [key, value] of all) {
    const namespace = key.startsWith(METADATA_PREFIX) ? key.slice(METADATA_PREFIX.length) : '';
    const nested = namespace ? parseObject(value) : undefined;
    if (keys.has(key) && typeof value !== 'object') {
      annotations.set(annotationKey(key), value as AnnotationValue);
    } else if (nested) {
      const into =
        metadata.get(namespace.toLowerCase() === 'default' ? 'default' : namespace) ??
        new Map<string, unknown>();
      for (const [name, each] of Object.entries(nested)) into.set(name, each);
      metadata.set(namespace, into);
    } else {
      metadata.get('default')!.set(key, value);
    }
  }
  for (const [key, value] of wanted) {
    const name = annotationKey(key);
    if (!annotations.has(name)) annotations.set(name, value as AnnotationValue);
  }
  if (metadata.get('default')!.size === 0) metadata.delete('default');
  return {
    ...((typeof user === 'string' || typeof user === 'number') && { user: String(user) }),
    ...(annotations.size > 0 && { annotations: Object.fromEntries(annotations) }),
    ...(metadata.size > 0 && {
      metadata: Object.fromEntries(
        [...metadata].map(([name, each]) => [name, Object.fromEntries(each)]),
      ),
    }),
  };
}

function annotationKey(key: string): string {
  return key.replace(/[^\w.]/g, '_');
}

/** The metadata of a namespace travels as JSON in a string. */
function parseObject(value: AttributeValue): object | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? parsed
      : undefined;
  } catch {
    return undefined;
  }
}
