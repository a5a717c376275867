const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** What may precede a method's name: decorators on the same line, and modifiers. */
const BEFORE =
  '^(\\s*)(?:@[\\w.]+(?:\\([^)]*\\))?\\s+)*' +
  '(?:(?:public|private|protected|static|async|override)\\s+)*\\*?\\s*';

/**
 * The 1-based line on which the class `owner` declares `method` in TypeScript or JavaScript source.
 * Undefined when it is uncertain: the class or method is missing or appears twice, or the code is
 * minified.
 */
export function methodLine(
  lines: readonly string[],
  owner: string,
  method: string,
): number | undefined {
  if (!NAME.test(owner) || !NAME.test(method)) return undefined;
  const escaped = method.replaceAll('$', '\\$');
  const declaration = new RegExp(
    `${BEFORE}(?:${escaped}|'${escaped}'|"${escaped}")\\s*(?:<.*>)?\\s*\\(`,
  );
  const [start, another] = linesWith(lines, classOf(owner.replaceAll('$', '\\$')));
  if (start === undefined || another !== undefined) return undefined;
  const end = lines.findIndex((line, at) => at > start && CLASS.test(line));
  let found: { at: number; indent: number; times: number } | undefined;
  for (let at = start + 1; at < (end < 0 ? lines.length : end); at++) {
    const line = lines[at]!;
    const match = line.length > MAX_LINE ? null : declaration.exec(line);
    // Overloads, and calls on a line of their own, end with a semicolon.
    if (match === null || line.trimEnd().endsWith(';')) continue;
    const indent = match[1]!.length;
    // The declaration is indented less than the calls inside methods.
    if (found === undefined || indent < found.indent) found = { at, indent, times: 1 };
    else if (indent === found.indent) found.times++;
  }
  return found?.times === 1 ? found.at + 1 : undefined;
}

const MAX_LINE = 1_000;
const CLASS =
  /^\s*(?:export\s+)?(?:default\s+)?(?:abstract\s+)?(?:(?:let|const|var)\s+\w+\s*=\s*)?class\b/;

function classOf(owner: string): RegExp {
  return new RegExp(`${CLASS.source}\\s+${owner}(?![\\w$])`);
}

function linesWith(lines: readonly string[], pattern: RegExp): number[] {
  return lines.flatMap((line, at) => (line.length <= MAX_LINE && pattern.test(line) ? [at] : []));
}
