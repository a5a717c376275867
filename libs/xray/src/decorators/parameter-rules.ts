import 'reflect-metadata';
import { ParameterKeyError } from '../xray.errors';
import { parameterNames } from './parameter-names';

/** What a parameter decorator records. */
export interface ParameterRule {
  index: number;
  key: string;
  kind: 'annotation' | 'metadata';
  namespace?: string;
}

const RULES = Symbol('nestjs-xray.parameters');

/**
 * @param key default: the parameter's name.
 * @throws ParameterKeyError if the name of the parameter is unknown.
 */
export function addParameterRule(
  target: object,
  method: string | symbol,
  { key, ...rule }: Omit<ParameterRule, 'key'> & { key: string | undefined },
): void {
  const own = Reflect.getOwnMetadata(RULES, target, method) as ParameterRule[] | undefined;
  const named = { ...rule, key: key ?? nameOf(target, method, rule) };
  // Parameter decorators run from the last parameter to the first.
  Reflect.defineMetadata(RULES, [named, ...(own ?? [])], target, method);
}

/** Parameter decorators run before those of their method, so the method is not wrapped yet. */
function nameOf(
  target: object,
  method: string | symbol,
  { index, kind }: Pick<ParameterRule, 'index' | 'kind'>,
): string {
  const found: unknown = Object.getOwnPropertyDescriptor(target, method)?.value;
  const name =
    typeof found === 'function'
      ? parameterNames(found as (...args: never[]) => unknown)[index]
      : undefined;
  if (name !== undefined) return name;
  const owner = typeof target === 'function' ? target.name : target.constructor.name;
  const decorator = kind === 'annotation' ? 'Annotation' : 'Metadata';
  throw new ParameterKeyError(decorator, `${owner}.${String(method)}`, index);
}

/** The rules of `target[key]`. */
export function parameterRules(target: object, key: string | symbol): readonly ParameterRule[] {
  return (Reflect.getOwnMetadata(RULES, target, key) as ParameterRule[] | undefined) ?? [];
}
