import { Script } from 'node:vm';

/**
 * The names of a method's parameters in its source. An entry is undefined for a destructured
 * parameter; the result is undefined if the source cannot be read.
 *
 * V8's parser finds where a parameter ends: the shortest piece of source that parses is one
 * parameter. A piece that ends inside a string, comment or regular expression does not parse.
 * Nothing is executed. Names changed by a minifier cannot be detected.
 */
export function parameterNames(
  method: (...args: never[]) => unknown,
): readonly (string | undefined)[] {
  const source = Function.prototype.toString.call(method);
  const only = ONLY_PARAMETER.exec(source);
  if (only) return [only[1]];
  const names: (string | undefined)[] = [];
  let from = openingOf(source) + 1;
  if (from === 0) return names;
  for (let at = from; at < source.length && at < MAX_LENGTH; at++) {
    const char = source[at];
    if (char !== ',' && char !== ')') continue;
    const piece = source.slice(from, at);
    if (!parses(`({ m(${piece}) {} })`)) continue;
    names.push(NAME.exec(piece)?.[1]);
    from = at + 1;
    if (char === ')') return REWRITTEN.test(source.slice(from)) ? [] : names;
  }
  return [];
}

/** Longer parameter lists are not read. */
const MAX_LENGTH = 10_000;
const WORD = '[\\p{ID_Start}$_][\\p{ID_Continue}$]*';
const GAP = '(?:\\s|/\\*[^]*?\\*/|//.*)*';
/** `id => …` */
const ONLY_PARAMETER = new RegExp(`^(?:async\\s+)?(${WORD})\\s*=>`, 'u');
const NAME = new RegExp(`^${GAP}(?:\\.\\.\\.)?${GAP}(${WORD})${GAP}(?:=|$)`, 'u');
/** What tsc emits for an async method whose parameters have defaults, for ES2016 and older. */
const REWRITTEN = /^\s*\{\s*return \w+\(this, arguments\b/;

/**
 * Position of the parenthesis that opens the parameter list. The name before it may be computed.
 */
function openingOf(source: string): number {
  let at = source.indexOf('(');
  for (; at >= 0 && at < MAX_LENGTH; at = source.indexOf('(', at + 1)) {
    const head = source.slice(0, at);
    if (head === '' || parses(`({ ${head}() {} })`) || parses(`(${head}() {})`)) return at;
  }
  return -1;
}

function parses(code: string): boolean {
  try {
    return new Script(code) instanceof Script;
  } catch {
    return false;
  }
}
