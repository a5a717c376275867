import 'reflect-metadata';

/** What a parameter decorator asks for. */
export interface ParameterRule {
  index: number;
  key: string | undefined;
  kind: 'annotation' | 'metadata';
  namespace?: string;
}

const RULES = Symbol('nestjs-xray.parameters');

export function addParameterRule(target: object, method: string | symbol, rule: ParameterRule) {
  const own = Reflect.getOwnMetadata(RULES, target, method) as ParameterRule[] | undefined;
  // Decorators of parameters run from the last to the first.
  Reflect.defineMetadata(RULES, [rule, ...(own ?? [])], target, method);
}

/** The rules of `target[key]`, each with a key: the parameter's name where none was given. */
export function parameterRules(
  target: object,
  key: string | symbol,
  method: (...args: never[]) => unknown,
): (ParameterRule & { key: string })[] {
  const rules = Reflect.getOwnMetadata(RULES, target, key) as ParameterRule[] | undefined;
  if (rules === undefined) return [];
  const names = parameterNames(method);
  return rules.map((rule) => ({
    ...rule,
    key: rule.key ?? names[rule.index] ?? `arg${rule.index}`,
  }));
}

/**
 * The names of simple parameters as they stand in the source, undefined for destructured ones.
 * A minifier renames them: give the key where the code is minified.
 */
function parameterNames(method: (...args: never[]) => unknown): (string | undefined)[] {
  const source = Function.prototype.toString.call(method);
  const names: (string | undefined)[] = [];
  let depth = 0;
  let piece = '';
  for (const char of source.slice(source.indexOf('(') + 1)) {
    if (depth === 0 && (char === ',' || char === ')')) {
      names.push(
        /^\s*(?:\.\.\.)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?:=|$)/u.exec(piece)?.[1],
      );
      if (char === ')') break;
      piece = '';
      continue;
    }
    if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
    piece += char;
  }
  return names;
}
