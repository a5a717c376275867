import { types } from 'node:util';
import { nameIn } from './foreign-values';

/** Classes that contain names with values; those of packages such as undici have the same tags. */
const WITH_PAIRS: ReadonlySet<unknown> = new Set(['Headers', 'FormData', 'URLSearchParams']);

/** The names and values of headers, forms and URL parameters; undefined for any other object. */
export function pairsIn(value: object): Iterable<[unknown, unknown]> | undefined {
  if (types.isMap(value)) return value;
  if (!WITH_PAIRS.has(classTag(value))) return undefined;
  const { entries } = value as { entries?: () => Iterable<[unknown, unknown]> };
  return typeof entries === 'function' ? entries.call(value) : undefined;
}

/** The properties that the objects below may have. */
interface Described {
  readonly size?: unknown;
  readonly byteLength?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly method?: unknown;
  readonly url?: unknown;
  readonly path?: unknown;
  readonly pipe?: unknown;
  readonly on?: unknown;
  readonly subscribe?: unknown;
  readonly toJSON?: unknown;
}

/**
 * One line about an object that is not to be read: a body or a stream must not be consumed, and
 * the properties of a Node request repeat its headers in a form in which secrets have no names.
 * Undefined for any other object.
 */
export function textInstead(value: object): string | undefined {
  const tag = classTag(value);
  const described = value as Described;
  switch (tag) {
    case 'Blob':
    case 'File':
      return `[${tag}, ${bytes(described.size)}]`;
    case 'ArrayBuffer':
    case 'SharedArrayBuffer':
      return `[${tag}, ${bytes(described.byteLength)}]`;
    case 'Response':
      return `[${tag}, status ${word(described.status)}]`;
    case 'Request':
      return `[${tag}, ${word(described.method)} ${address(described.url)}]`;
    case 'FormData': // of the package form-data: its properties contain the fields as sent
      return `[${tag}]`;
  }
  if (ArrayBuffer.isView(value)) return `[${className(value)}, ${bytes(value.byteLength)}]`;
  if (types.isPromise(value)) return '[Promise]';
  if (typeof described.pipe !== 'function') return undefined;
  if (typeof described.on === 'function') return streamText(described);
  return typeof described.subscribe === 'function' ? `[${className(value)}]` : undefined;
}

/** A stream of Node: also requests and responses of its HTTP modules. */
function streamText(stream: Described): string {
  const { method, url, path, statusCode } = stream;
  const name = className(stream);
  const target = address(url) || address(path);
  if (typeof method === 'string' && target !== '') return `[${name}, ${word(method)} ${target}]`;
  return typeof statusCode === 'number' ? `[${name}, status ${statusCode}]` : `[${name}]`;
}

/** The name of the class of an object without properties to show; undefined for a plain object. */
export function classText(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined;
  return `[${classTag(value) ?? className(value)}]`;
}

/** `Symbol.toStringTag` as the class of `value` defines it, not the object itself. */
function classTag(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== 'object' || prototype === null) return undefined;
  if (Object.hasOwn(value, Symbol.toStringTag)) return undefined;
  const tag: unknown = Reflect.get(prototype, Symbol.toStringTag, value);
  return typeof tag === 'string' && tag !== '' ? word(tag) : undefined;
}

function className(value: object): string {
  const name = nameIn((value as { constructor?: unknown }).constructor);
  return name === undefined ? 'object' : word(name);
}

const MAX_WORD = 100;
const MAX_ADDRESS = 2_000;

const bytes = (size: unknown): string => `${word(size)} bytes`;

/** Text of a foreign property. */
function word(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number'
    ? String(value).slice(0, MAX_WORD)
    : '?';
}

/** A URL without its query string, which often contains secrets. */
function address(url: unknown): string {
  return typeof url === 'string' ? url.slice(0, MAX_ADDRESS).replace(/[?#].*/s, '') : '';
}
