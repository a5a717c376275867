import { readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { methodLine } from './method-line';
import { parseFrame } from './stack-frame';

/**
 * Where in the user's code a decorator stands: the file by the stack, the line by looking the method
 * up in it. The line of the stack is not used, since compilers map a decorator to whatever they like:
 * tsc to the class, SWC to the brace that ends it.
 *
 * Taking one frame of the stack costs a few microseconds, once for each decorator; it is read, with
 * the file, when the first trace that has it is written.
 */
export class SourceLocation {
  private readonly holder: { stack?: unknown } = {};

  /** @param above the function whose caller is wanted. */
  constructor(above: (...args: never[]) => unknown) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 1;
    Error.captureStackTrace(this.holder, above);
    Error.stackTraceLimit = stackTraceLimit;
  }

  /**
   * `path:line` of a method that the class `owner` declares, relative to the working directory if it
   * is inside; undefined where the file can't be read or has no such method, or several.
   */
  ofMethod(owner: string, method: string): string | undefined {
    try {
      // Whoever set Error.prepareStackTrace may have made anything of it.
      const { stack } = this.holder;
      if (typeof stack !== 'string') return undefined;
      const path = parseFrame(stack.split('\n').at(-1) ?? '')?.path;
      if (path === undefined || !isAbsolute(path)) return undefined;
      const line = methodLine(linesOf(path), owner, method);
      if (line === undefined) return undefined;
      const inside = relative(process.cwd(), path);
      return `${inside.startsWith('..') ? path : inside}:${line}`;
    } catch {
      return undefined;
    }
  }
}

const MAX_BYTES = 2_000_000;
/** The file that was read last: the methods of one come together. */
let latest: { path: string; lines: string[] } | undefined;

function linesOf(path: string): string[] {
  if (latest?.path === path) return latest.lines;
  const text = readFileSync(path, 'utf8');
  const lines = text.length > MAX_BYTES ? [] : text.split('\n');
  latest = { path, lines };
  return lines;
}
