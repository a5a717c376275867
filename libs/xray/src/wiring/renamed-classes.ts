import { parse } from 'node:path';
import { placesOf, type Place } from './class-place';
import { CodeFile, isInPackage } from './code-file';

type AnyClass = abstract new (...args: never[]) => unknown;

/** What the code around the application's classes shows about their names. */
export interface ClassNames {
  /** Most classes are in minified code and have names of one or two characters. */
  minified: boolean;
  /** The classes that a bundler renamed, by their present names, with the names in the source. */
  renamed: Map<string, string>;
}

/**
 * Finds the classes that a bundler renamed: `Cart2`, `_Cart`, `Cart_1`, `file_Cart`. A class may also
 * be called `S3` or `OAuth2` in the source, so the code around it has to prove the other name. The
 * files are read only if a name could be such a one. Classes of packages are left out.
 */
export function classNames(classes: readonly AnyClass[]): ClassNames {
  const { short, renamed } = judged(classes.filter(({ name }) => DOUBTFUL.test(name)));
  return { minified: short > classes.length / 2, renamed };
}

/** Names that can be those of a bundler. */
const DOUBTFUL = /\d$|^_|_[A-Z]|^[\w$]{1,2}$/;

interface Found {
  /** How many classes in minified code have names of one or two characters. */
  short: number;
  renamed: Map<string, string>;
}

function judged(doubtful: readonly AnyClass[]): Found {
  const found: Found = { short: 0, renamed: new Map() };
  if (doubtful.length === 0) return found;
  const files = new Map<string, CodeFile>();
  let places: (Place | undefined)[];
  try {
    places = placesOf(doubtful);
  } catch {
    // Node was built without an inspector.
    return found;
  }
  for (const [at, place] of places.entries()) {
    if (place === undefined) continue;
    try {
      judge(doubtful[at]!, place, files, found);
    } catch {
      // Without its code, nothing is known about the class.
    }
  }
  return found;
}

/** A longer line is minified code. */
const MAX_LINE = 1_000;

function judge(type: AnyClass, place: Place, files: Map<string, CodeFile>, found: Found) {
  if (isInPackage(place.file)) return;
  let file = files.get(place.file);
  if (file === undefined) files.set(place.file, (file = new CodeFile(place.file)));
  const source = file.sourceOf(place) ?? file.pathAbove(place.line);
  if (source !== undefined && isInPackage(source)) return;
  const original = originalName(type, place, file, source);
  if (original !== undefined) found.renamed.set(type.name, original);
  else if (type.name.length <= 2 && file.lines[place.line]!.length > MAX_LINE) found.short++;
}

/** The name in the source. Undefined unless the code shows that it is another one. */
function originalName(
  type: AnyClass,
  place: Place,
  file: CodeFile,
  source: string | undefined,
): string | undefined {
  const { name } = type;
  // Rollup's mark, which no compiler of TypeScript uses.
  if (/\w\$\d+$/.test(name)) return name.replace(/\$\d+$/, '');
  const variable = variableOf(type, place, file);
  return (
    fromVariable(name, variable) ?? fromCopy(name, variable, file) ?? fromFile(name, source, file)
  );
}

/** What a class expression is assigned to: the text up to the word `class`, and its own name. */
interface Variable {
  before: string;
  own: string | undefined;
}

function variableOf(type: AnyClass, place: Place, { text, lines }: CodeFile): Variable | undefined {
  const code = Function.prototype.toString.call(type);
  // V8 gives the place of the constructor, which is in the class.
  const lineStart = lines.slice(0, place.line).reduce((sum, line) => sum + line.length + 1, 0);
  const start = text.lastIndexOf(code, lineStart + place.column);
  if (start < 0) return undefined;
  const own = /^class\s+(?!extends\b)([\w$]+)/.exec(code)?.[1];
  return { before: text.slice(Math.max(0, start - 500), start), own };
}

const withoutDigits = (name: string): string => name.replace(/\d+$/, '');

/**
 * `Cart = class Cart2` or `Cart = class _Cart`, as esbuild and SWC name a class that is assigned, and
 * `Cart = Cart_1 = class`, where the class's own name was removed. `Cart3` may stand for `Cart`: it is
 * the second variable of that name in the bundle.
 */
function fromVariable(name: string, variable: Variable | undefined): string | undefined {
  const [, outer = '', inner = ''] =
    /(?:([\w$]+)\s*=\s*)?([\w$]+)\s*=\s*$/.exec(variable?.before ?? '') ?? [];
  const aliased = inner === `${outer}_1` || inner === `${withoutDigits(outer)}_1`;
  const assigned = aliased ? outer : inner;
  if (assigned === '' || assigned === name) return undefined;
  const names = [assigned, withoutDigits(assigned)];
  if (variable!.own === undefined) {
    return aliased ? names.find((each) => name === `${each}_1`) : undefined;
  }
  const numbered = (each: string) => name.startsWith(each) && /^\d+$/.test(name.slice(each.length));
  return names.find((each) => name === `_${each}`) ?? names.find(numbered);
}

/** `_Cart = class _Cart` and below it `Cart = _Cart`, as esbuild compiles static members. */
function fromCopy(name: string, variable: Variable | undefined, { text }: CodeFile) {
  if (variable?.own !== name || !/^_[A-Za-z]\w*$/.test(name)) return undefined;
  if (!new RegExp(`\\b${name}\\s*=\\s*$`).test(variable.before)) return undefined;
  const original = name.slice(1);
  return new RegExp(`\\b${original}\\s*=\\s*${name}\\b`).test(text) ? original : undefined;
}

/**
 * `file_Cart` and `Cart2` of the source file cart.ts, as bundlers call the second class `Cart` of a
 * bundle. For the latter, the first class must be in the bundle too.
 */
function fromFile(name: string, source: string | undefined, { text }: CodeFile) {
  if (source === undefined) return undefined;
  const file = parse(source).name;
  const prefix = `${file.replace(/\W/g, '_')}_`;
  if (name.startsWith(prefix) && /^[A-Z]/.test(name.slice(prefix.length))) {
    return name.slice(prefix.length);
  }
  const stem = withoutDigits(name);
  const letters = (of: string) => of.replace(/[^a-z\d]/gi, '').toLowerCase();
  if (stem === name || !/^\w+$/.test(stem) || letters(file) !== letters(stem)) return undefined;
  return new RegExp(`\\bclass ${stem}\\b|\\b${stem}\\s*=\\s*class\\b`).test(text)
    ? stem
    : undefined;
}
