import { readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClassSource, type DeclaredMethod } from './class-source';
import { parseFrame } from './stack-frame';

/**
 * Where a decorated method is in the user's code. The stack gives the file; the line is found by
 * searching the file for the method. The stack's line is not used, because compilers map a decorator
 * to different places: tsc to the class, SWC to its closing brace.
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
   * `path:line` of a method. The path is relative to the working directory if it is inside it.
   * Undefined unless the file can be read and certainly declares the method in that line.
   */
  ofMethod(method: DeclaredMethod): string | undefined {
    try {
      // A custom Error.prepareStackTrace may return anything.
      const { stack } = this.holder;
      if (typeof stack !== 'string') return undefined;
      const path = fileOf(stack.split('\n').at(-1) ?? '');
      if (path === undefined) return undefined;
      const source = sourceOf(path);
      const index = source.find(method);
      const line = index === undefined ? undefined : lineAt(index);
      if (line === undefined) return undefined;
      const inside = relative(process.cwd(), path);
      return `${inside.startsWith('..') ? path : inside}:${line}`;
    } catch {
      return undefined;
    }
  }
}

function fileOf(frame: string): string | undefined {
  const path = parseFrame(frame)?.path;
  if (path === undefined) return undefined;
  // parseFrame() removes the scheme, but leaves what else makes a path a URL.
  if (frame.includes('file://')) return fileURLToPath(`file://${path}`);
  return isAbsolute(path) ? path : undefined;
}

/** A bundle may be this large. */
const MAX_BYTES = 20_000_000;
/**
 * The file that was read last, and how far its lines have been counted. Methods of the same file are
 * looked up one after the other.
 */
let latest: { path: string; source: ClassSource; index: number; line: number } | undefined;

function sourceOf(path: string): ClassSource {
  if (latest?.path === path) return latest.source;
  const text = readFileSync(path, 'utf8');
  const source = new ClassSource(text.length > MAX_BYTES ? '' : text);
  latest = { path, source, index: 0, line: 1 };
  return source;
}

/** A longer line is minified code, of which the number says nothing. */
const MAX_LINE = 1_000;

/**
 * The 1-based line at an index of the latest file. Counts on from the method before, because a
 * bundle may have 100,000 lines above its classes.
 */
function lineAt(index: number): number | undefined {
  if (latest === undefined) return undefined;
  const { text } = latest.source;
  const start = text.lastIndexOf('\n', index) + 1;
  const end = text.indexOf('\n', index);
  if ((end < 0 ? text.length : end) - start > MAX_LINE) return undefined;
  if (start < latest.index) Object.assign(latest, { index: 0, line: 1 });
  while (latest.index < start) {
    latest.index = text.indexOf('\n', latest.index) + 1;
    latest.line++;
  }
  return latest.line;
}
