import { codeOnly } from './code-only';
import { methodIn } from './method-in-class';

type AnyClass = abstract new (...args: never[]) => unknown;

/** A method, with the class that was decorated and the one that declares the method. */
export interface DeclaredMethod {
  readonly owner: AnyClass;
  /** `owner`, or a class that it inherits the method from. */
  readonly declaring: AnyClass;
  readonly key: string | symbol;
  readonly isStatic: boolean;
}

/** A class in a text. */
interface FoundClass {
  readonly text: string;
  /** The text without comments and strings. */
  readonly code: string;
  /** Where the text begins in the file. */
  readonly offset: number;
  /** Whether the text is that of the running class. */
  readonly running: boolean;
  /** Where the class's header and its body begin in the text. */
  readonly header: number;
  readonly body: number;
}

/** The text of one file, TypeScript or JavaScript, in which methods are looked up. */
export class ClassSource {
  private code: string | undefined;
  private readonly found = new Map<AnyClass, FoundClass | undefined>();

  constructor(readonly text: string) {}

  /**
   * The index of the name of `method`. Undefined unless it is certain: the file may not declare it,
   * or contain several classes that it can be in.
   */
  find({ owner, declaring, key, isStatic }: DeclaredMethod): number | undefined {
    if (typeof key !== 'string') return undefined;
    let found = this.classAt(owner);
    for (let type = owner; type !== declaring && found !== undefined;) {
      type = Object.getPrototypeOf(type) as AnyClass;
      if (typeof type !== 'function') return undefined;
      found = this.classAt(type, found);
    }
    const index = found && methodIn(found, key, isStatic);
    return index === undefined ? undefined : found!.offset + index;
  }

  private classAt(type: AnyClass, child?: FoundClass): FoundClass | undefined {
    if (!this.found.has(type)) {
      this.found.set(type, this.byText(type) ?? this.byName(type, child));
    }
    return this.found.get(type);
  }

  /** If this file is what runs, it contains the class as the class itself gives its text. */
  private byText(type: AnyClass): FoundClass | undefined {
    const text = Function.prototype.toString.call(type);
    const offset = /^class\b/.test(text) ? this.text.indexOf(text) : -1;
    if (offset < 0 || this.text.includes(text, offset + 1)) return undefined;
    return foundIn({ text, code: codeOnly(text), offset, running: true }, 'class'.length);
  }

  /**
   * What runs was compiled from this file. A class that `child` extends must also be in its header,
   * because a class of another file may have the same name.
   */
  private byName(type: AnyClass, child?: FoundClass): FoundClass | undefined {
    const { name } = type;
    if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) return undefined;
    if (child && (child.running || !extendsFrom(child, name))) return undefined;
    this.code ??= codeOnly(this.text);
    const [match, another] = this.code.matchAll(
      new RegExp(
        `(?<![\\w$.])class\\s+${name.replaceAll('$', '\\$')}(?![\\p{ID_Continue}$])`,
        'gu',
      ),
    );
    if (match === undefined || another !== undefined) return undefined;
    const file = { text: this.text, code: this.code, offset: 0, running: false };
    return foundIn(file, match.index + match[0].length);
  }
}

function foundIn(text: Omit<FoundClass, 'header' | 'body'>, header: number) {
  const body = bodyAfter(text.code, header);
  return body === undefined ? undefined : { ...text, header, body };
}

function extendsFrom({ code, header, body }: FoundClass, name: string): boolean {
  const parent = /\bextends\s+([\p{ID_Continue}$]+)\s*(?:<|\{|$|\bimplements\b)/u;
  return parent.exec(code.slice(header, body))?.[1] === name;
}

/** The first brace that is not inside parentheses or type parameters. */
function bodyAfter(code: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < code.length; at++) {
    const char = code[at]!;
    if (char === '{' && depth === 0) return at;
    if ('([{<'.includes(char)) depth++;
    else if (')]}'.includes(char) || (char === '>' && code[at - 1] !== '=')) depth--;
    if (depth < 0) return undefined;
  }
  return undefined;
}
