import { readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { methodLine } from './method-line';
import { parseFrame } from './stack-frame';

/**
 * Where a decorator is in the user's code. The stack gives the file; the line is found by searching
 * the file for the method. The stack's line is not used, because compilers map a decorator to
 * different places: tsc to the class, SWC to its closing brace.
 *
 * Taking one stack frame costs a few microseconds per decorator. The frame and the file are read
 * when the first trace that needs them is written.
 */
export class SourceLocation {
  private readonly holder: { stack?: unknown } = {};

  /** @param above the function whose caller is located. */
  constructor(above: (...args: never[]) => unknown) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 1;
    Error.captureStackTrace(this.holder, above);
    Error.stackTraceLimit = stackTraceLimit;
  }

  /**
   * `path:line` of a method declared by the class `owner`. The path is relative to the working
   * directory if it is inside it. Undefined if the file cannot be read or does not contain the
   * method exactly once.
   */
  ofMethod(owner: string, method: string): string | undefined {
    try {
      // A custom Error.prepareStackTrace may return anything.
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
/** The file that was read last. Methods of the same file are looked up one after the other. */
let latest: { path: string; lines: string[] } | undefined;

function linesOf(path: string): string[] {
  if (latest?.path === path) return latest.lines;
  const text = readFileSync(path, 'utf8');
  const lines = text.length > MAX_BYTES ? [] : text.split('\n');
  latest = { path, lines };
  return lines;
}
