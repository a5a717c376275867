import 'reflect-metadata';
import type { DiscoveryService } from '@nestjs/core';
import { currentNode } from '../core/context';
import type { Warn } from '../core/warn-once';
import { recordArguments } from '../decorators/call-sites';
import { asMethod, copyIdentity } from '../decorators/copy-identity';
import { mustNotWrap } from '../decorators/marks';
import { parameterRules, type ParameterRule } from '../decorators/parameter-rules';
import { put, shareAlso, type Undo } from '../decorators/shared-wrappers';
import { methodsOf } from '../decorators/wrap-class';

/** Nest stores the path of a handler, or the pattern of its messages, under these keys. */
const HANDLES = ['path', 'microservices:pattern', 'message'];

type Handler = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Records @Annotation() and @Metadata() parameters of handlers without a subsegment: the values are
 * added to the segment of the request or message. Logs a warning for any other method that is
 * not traced, because the decorator has no effect there.
 */
export function recordHandlerParameters(discovery: DiscoveryService, warn: Warn): Undo[] {
  const classes = [...discovery.getControllers(), ...discovery.getProviders()];
  return classes.flatMap(({ metatype, inject }) => {
    const { prototype } = (metatype ?? {}) as { prototype?: object };
    if (typeof metatype !== 'function' || prototype === undefined || inject) return [];
    return levelsOf(prototype).flatMap((level) =>
      [...methodsOf(level, Object.getPrototypeOf(level) as object)].flatMap(([key]) => {
        const rules = parameterRules(level, key);
        if (rules.length === 0) return [];
        const method = Reflect.get(level, key) as Handler;
        const there = recorders.has(method) ? shareAlso(method) : undefined;
        if (there !== undefined) return [there];
        const called = Reflect.get(prototype, key) as Handler;
        if (mustNotWrap(level, key, method) || mustNotWrap(prototype, key, called)) return [];
        if (!HANDLES.some((name) => Reflect.hasMetadata(name, method))) {
          warnOfNoEffect(`${level.constructor.name}.${String(key)}`, rules, warn);
          return [];
        }
        return [replace(level, key, method, rules)];
      }),
    );
  });
}

function warnOfNoEffect(method: string, rules: readonly ParameterRule[], warn: Warn): void {
  const [{ kind, index }] = rules as [ParameterRule];
  const decorator = kind === 'annotation' ? '@Annotation()' : '@Metadata()';
  warn(
    `no-effect:${method}`,
    `${decorator} on parameter ${index + 1} of ${method} records nothing: the method is not traced and ` +
      'handles no requests or messages. Add @Subsegment() to the method or its class.',
  );
}

/** The prototype and all prototypes that it inherits from. */
function levelsOf(prototype: object): object[] {
  const levels: object[] = [];
  let level: object | null = prototype;
  while (level !== null && level !== Object.prototype) {
    levels.push(level);
    level = Object.getPrototypeOf(level) as object | null;
  }
  return levels;
}

const recorders = new WeakSet<object>();

function replace(
  owner: object,
  key: string | symbol,
  method: Handler,
  rules: readonly ParameterRule[],
): Undo {
  const value = asMethod<Handler>({
    traced(this: unknown, ...args: unknown[]): unknown {
      const node = currentNode();
      if (node !== undefined) recordArguments(node.root, rules, args);
      return Reflect.apply(method, this, args);
    },
  });
  copyIdentity(method, value);
  recorders.add(value);
  return put(owner, key, Object.getOwnPropertyDescriptor(owner, key)!, value);
}
