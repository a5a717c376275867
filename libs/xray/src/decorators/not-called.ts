import { XrayConfigurationError } from '../xray.errors';
import { nameIn, textOf } from '../core/foreign-values';

/**
 * Refuses a decorator that is used without parentheses, which then gets what it is on in place of
 * its options: `@Subsegment load() {}`. It would have no effect, or remove the method.
 *
 * @param given all arguments of the decorator
 * @throws XrayConfigurationError that names the class and the method
 */
export function refuseIfNotCalled(decorator: string, given: readonly unknown[]): void {
  const [target, key, at] = given;
  if (typeof target === 'function' && key === undefined && at === undefined) {
    throw notCalled(decorator, `class ${nameIn(target) ?? 'without a name'}`);
  }
  if (isContext(key)) throw notCalled(decorator, `${key.kind} ${textOf(key.name)}`);
  const isMember = (typeof target === 'object' && target !== null) || typeof target === 'function';
  if (given.length < 2 || !isMember) return;
  const owner = typeof target === 'function' ? target : target.constructor;
  const where = `${nameIn(owner) ?? 'a class'}.${key === undefined ? 'constructor' : textOf(key)}`;
  const what = typeof at === 'number' ? `parameter ${at + 1} of ${where}` : where;
  throw notCalled(decorator, what);
}

function notCalled(decorator: string, what: string): XrayConfigurationError {
  return new XrayConfigurationError(
    `Cannot use @${decorator} without parentheses on ${what}. Write @${decorator}() in its place.`,
  );
}

/** What a decorator gets where `experimentalDecorators` is off. */
interface StandardContext {
  readonly kind: string;
  readonly name: unknown;
}

function isContext(value: unknown): value is StandardContext {
  return typeof value === 'object' && value !== null && 'kind' in value && 'name' in value;
}

/**
 * Refuses standard decorators: Nest, its metadata and parameter decorators need the older kind.
 *
 * @throws XrayConfigurationError that names the method and the compiler option
 */
export function refuseStandard(decorator: string, key: unknown): void {
  if (!isContext(key)) return;
  throw new XrayConfigurationError(
    `Cannot use @${decorator}() on the ${key.kind} ${textOf(key.name)}: it is compiled as a standard ` +
      'decorator. Set "experimentalDecorators": true in tsconfig.json, as Nest requires.',
  );
}
