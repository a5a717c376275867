import { mustNotWrap, isSkippedClass } from './marks';
import { parameterRules } from './parameter-rules';
import { CallSite } from './call-sites';
import { put, shareAlso, type Undo } from './shared-wrappers';
import type { SourceLocation } from '../core/source-location';
import type { AnyOptions } from './subsegment.options';
import { wrapMethod, type Method } from './wrap-method';

/** Members that every class has, or that are not methods of its own. */
const NOT_METHODS: ReadonlySet<string | symbol> = new Set([
  'constructor',
  'prototype',
  'name',
  'length',
]);

export type AnyClass = abstract new (...args: never[]) => unknown;

/**
 * Wraps every own and inherited method of a class, including static ones. Accessors are not
 * wrapped.
 */
export function wrapClass(
  target: AnyClass,
  options: AnyOptions,
  location: SourceLocation | undefined,
): Undo[] {
  return [
    ...wrapMethodsOf(target, location, options),
    ...wrapOn(target, target, Function.prototype, location, options),
  ];
}

/** Wraps the instance methods for which `picks` returns true; by default all. */
export function wrapMethodsOf(
  target: AnyClass,
  location?: SourceLocation,
  options: AnyOptions = {},
  picks?: (method: object) => boolean,
): Undo[] {
  const owner = target.prototype as object;
  return wrapOn(target, owner, Object.prototype, location, options, picks);
}

function wrapOn(
  target: AnyClass,
  owner: object,
  root: object,
  location: SourceLocation | undefined,
  options: AnyOptions,
  picks?: (method: object) => boolean,
): Undo[] {
  return [...methodsOf(owner, root)].flatMap(([key, from]) => {
    const method = methodOf(from, key)!;
    if (picks && !picks(method)) return [];
    const there = shareAlso(method);
    if (there !== undefined) return [there];
    if (mustNotWrap(from, key, method) || isOptedOut(from)) return [];
    const label = `${options.name ?? target.name}.${nameOf(key)}`;
    const at = { owner: target, declaring: declaring(from), key, isStatic: owner === target };
    const source = location && (() => location.ofMethod(at));
    const site = new CallSite(label, source, options, parameterRules(from, key));
    return [replace(owner, key, from, site)];
  });
}

function isOptedOut(owner: object): boolean {
  return isSkippedClass(declaring(owner));
}

/**
 * The class that `owner` belongs to: `owner` itself for static methods, the class of the prototype
 * for others.
 */
function declaring(owner: object): AnyClass {
  return (typeof owner === 'function' ? owner : owner.constructor) as AnyClass;
}

/** The name of a method in a trace. The parentheses of a symbol are not allowed there. */
export function nameOf(key: string | symbol): string {
  return typeof key === 'symbol' ? (key.description ?? 'symbol') : String(key);
}

/** Every method of `owner`, with the object in its prototype chain that declares it. */
export function methodsOf(owner: object, root: object): Map<string | symbol, object> {
  const found = new Map<string | symbol, object>();
  const hidden = new Set<string | symbol>();
  let from: object | null = owner;
  while (from !== null && from !== root) {
    for (const key of Reflect.ownKeys(from)) {
      if (NOT_METHODS.has(key) || hidden.has(key)) continue;
      hidden.add(key);
      if (methodOf(from, key) !== undefined) found.set(key, from);
    }
    from = Object.getPrototypeOf(from) as object | null;
  }
  return found;
}

function methodOf(owner: object, key: string | symbol): Method | undefined {
  const descriptor = Object.getOwnPropertyDescriptor(owner, key);
  if (typeof descriptor?.value !== 'function' || !descriptor.configurable) return undefined;
  // A static field may hold a class or a function. Unlike methods, fields are enumerable.
  if (typeof owner === 'function' && descriptor.enumerable) return undefined;
  const method = descriptor.value as Method;
  return /^class\b/.test(Function.prototype.toString.call(method)) ? undefined : method;
}

/**
 * Wraps `owner[key]`. An inherited method is looked up at each call, so that a spy on the base
 * class works.
 */
function replace(owner: object, key: string | symbol, from: object, site: CallSite): Undo {
  const declared = Object.getOwnPropertyDescriptor(from, key)!;
  const method = declared.value as Method;
  const value = wrapMethod(from === owner ? method : lookup(owner, key, method), site, method);
  return put(owner, key, declared, value);
}

function lookup(owner: object, key: string | symbol, declared: Method): Method {
  return function inherited(this: unknown, ...args: unknown[]): unknown {
    const current: unknown = Reflect.get(Object.getPrototypeOf(owner) as object, key, this);
    return Reflect.apply(
      typeof current === 'function' ? (current as Method) : declared,
      this,
      args,
    );
  };
}
