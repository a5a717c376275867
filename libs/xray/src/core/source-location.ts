import { isAbsolute, relative } from 'node:path';
import { parseFrame } from './stack-frame';

/**
 * Where in the user's code a decorator stands, as `path:line`.
 *
 * Taking one frame of the stack costs a few microseconds, once for each decorator;
 * it is put into words when the first trace that has it is written.
 */
export class SourceLocation {
  private holder: { stack?: string } | undefined = {};
  private text: string | undefined;

  /** @param above the function whose caller is wanted. */
  constructor(above: (...args: never[]) => unknown) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 1;
    Error.captureStackTrace(this.holder!, above);
    Error.stackTraceLimit = stackTraceLimit;
  }

  /** Relative to the working directory if it is inside; undefined when the stack is of no form we know. */
  toString(): string | undefined {
    if (this.holder === undefined) return this.text;
    const line = this.holder.stack?.split('\n').at(-1) ?? '';
    this.holder = undefined;
    const frame = parseFrame(line);
    if (frame?.path === undefined) return undefined;
    const inside = relative(process.cwd(), frame.path);
    const path = isAbsolute(frame.path) && !inside.startsWith('..') ? inside : frame.path;
    this.text = `${path}:${frame.line}`;
    return this.text;
  }
}
