import {
  type AnnotationValue,
  INDEXED_KEYS,
  METADATA_PREFIX,
  USER_NAMES,
} from '@nestjs-xray/document';
import { type AttributeIndex, indexed as indexedOf } from './indexed-attributes';
import type { Attributes, AttributeValue } from './span';

type Fields = Record<string, unknown>;

interface Translated {
  user: string | undefined;
  annotations: Record<string, AnnotationValue> | undefined;
  metadata: Record<string, Fields>;
}

/**
 * Translates the remaining attributes of a span. Those that `aws.xray.annotations` names become annotations,
 * `enduser.id` becomes the user, and all others become metadata in the namespace `default`. Attributes that `index`
 * selects become annotations as well, so that filter expressions can search them.
 * besides, so that they are found.
 *
 * @param rest is modified: the attributes that are used are removed.
 * @param resource the resource's attributes, for a segment. Subsegments do not repeat them.
 */
export function translateAttributes(
  rest: Attributes,
  resource: readonly [string, AttributeValue][],
  index: AttributeIndex,
): Translated {
  const user = USER_NAMES.map((name) => rest.get(name)).find((value) => value !== undefined);
  for (const name of USER_NAMES) rest.delete(name);
  rest.delete('xray.status');
  const indexed = rest.get(INDEXED_KEYS);
  const keys = new Set(Array.isArray(indexed) ? indexed : []);
  if (Array.isArray(indexed)) rest.delete(INDEXED_KEYS);
  const wanted = indexedOf(rest, (key) => !key.startsWith(METADATA_PREFIX) && index(key));
  for (const [key, value] of resource) rest.set(key, value);

  const annotations: Record<string, AnnotationValue> = {};
  const metadata: Record<string, Fields> = {};
  const defaults: Fields = {};
  for (const [key, value] of rest) {
    const namespace = key.startsWith(METADATA_PREFIX) ? key.slice(METADATA_PREFIX.length) : '';
    const nested = namespace ? parseObject(value) : undefined;
    if (keys.has(key) && typeof value !== 'object') {
      put(annotations, annotationKey(key), value);
    } else if (nested) {
      const isDefault = namespace.toLowerCase() === 'default';
      const known = Object.hasOwn(metadata, namespace) ? metadata[namespace] : undefined;
      const into = isDefault ? defaults : (known ?? {});
      for (const [name, each] of Object.entries(nested)) put(into, name, each);
      put(metadata, namespace, into);
    } else {
      put(defaults, key, value);
    }
  }
  for (const [key, value] of wanted) {
    const name = annotationKey(key);
    if (!Object.hasOwn(annotations, name)) put(annotations, name, value);
  }
  if (hasFields(defaults)) metadata.default = defaults;
  return {
    user: typeof user === 'string' || typeof user === 'number' ? String(user) : undefined,
    annotations: hasFields(annotations) ? annotations : undefined,
    metadata,
  };
}

/** Defines a property. Assigning to a key `__proto__` would change the prototype instead. */
function put(into: Fields, key: string, value: unknown): void {
  if (key !== '__proto__') into[key] = value;
  else Object.defineProperty(into, key, { value, enumerable: true, writable: true });
}

function hasFields(object: object): boolean {
  for (const key in object) if (Object.hasOwn(object, key)) return true;
  return false;
}

function annotationKey(key: string): string {
  return key.replace(/[^\w.]/g, '_');
}

/** The metadata of a namespace is sent as JSON in a string. */
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
