import { Logger } from '@nestjs/common';
import { currentNode } from '../../core/context';
import type { RecordedNode } from '../../core/recorded-node';
import { runtime } from '../../core/runtime';
import { snapshot } from '../../core/safe-metadata';
import { patchMethod, type Method } from '../patch';

const LEVELS = ['log', 'error', 'warn', 'debug', 'verbose', 'fatal'] as const;
/** Lines kept of one node; metadata keeps no more items of a list. */
const MAX_LINES = 200;

/** A line as it stands in metadata `logs`. Times are epoch seconds. */
interface LogLine {
  time: number;
  level: string;
  context?: string;
  message: unknown;
  /** What was logged besides, such as a stack. */
  details?: unknown[];
}

/** The lines of a node, and how many more there were. */
interface Lines {
  list: (LogLine | string)[];
  more: number;
}

const linesOf = new WeakMap<RecordedNode, Lines>();

/** Nest's Logger hands a line on to another, which may be one as well: it is one line. */
let handingOn = false;

/**
 * Has Nest's Logger record its lines on what is active. What prints them is behind it, whichever it
 * is (ConsoleLogger, pino, winston), and gets them as ever. Once for a process.
 */
export function recordLogLines(): void {
  for (const level of LEVELS) {
    const wrap = (original: Method) => recording(level, original);
    patchMethod(Logger.prototype, level, wrap);
    patchMethod(Logger, level, wrap);
  }
}

function recording(level: (typeof LEVELS)[number], original: Method): Method {
  return function (this: { context?: string }, ...args: unknown[]): unknown {
    const outermost = !handingOn;
    if (outermost && runtime.logs) record(level, this.context, args);
    handingOn = true;
    try {
      return Reflect.apply(original as (...args: unknown[]) => unknown, this, args);
    } finally {
      if (outermost) handingOn = false;
    }
  };
}

function record(level: (typeof LEVELS)[number], own: unknown, args: unknown[]): void {
  try {
    const node = currentNode();
    if (node === undefined || node.hasLeft || isOff(level)) return;
    const [message, ...details] = args;
    // Nest's rule: what comes last and is text is the context, unless the logger has one itself.
    const last = details.at(-1);
    let context = typeof own === 'string' ? own : undefined;
    if (
      context === undefined &&
      typeof last === 'string' &&
      !/\n\s+at /.test(last.slice(0, 2_000))
    ) {
      context = last;
      details.pop();
    }
    const { redact } = node.root.owner;
    const line: LogLine = { time: node.root.now(), level, message: snapshot(message, redact) };
    if (context !== undefined) line.context = context;
    const more = details.filter((each) => each !== undefined);
    if (more.length > 0) line.details = more.map((each) => snapshot(each, redact));
    add(node, line);
  } catch {
    // A message that cannot be read is the logger's business.
  }
}

/** What prints the lines, as far as it says which levels it prints: pino and winston do not. */
interface Printer {
  isLevelEnabled?(level: string): boolean;
}

/** Whether the application does not want lines of this level; where it prints none at all, all are wanted here. */
function isOff(level: (typeof LEVELS)[number]): boolean {
  const { staticInstanceRef: printer, logLevels } = Logger as unknown as {
    staticInstanceRef?: Printer;
    logLevels?: readonly string[];
  };
  if (printer === undefined) return false;
  // Without a list of levels Nest 10 and 11 answer here that none is wanted.
  if (logLevels !== undefined && !Logger.isLevelEnabled(level)) return true;
  return typeof printer.isLevelEnabled === 'function' && !printer.isLevelEnabled(level);
}

function add(node: RecordedNode, line: LogLine): void {
  let lines = linesOf.get(node);
  if (lines === undefined) {
    linesOf.set(node, (lines = { list: [], more: 0 }));
    const metadata = (node.metadata ??= {});
    const entries = (metadata.default ??= {});
    // The application's own metadata of that name stays.
    entries['logs' in entries ? 'log lines' : 'logs'] = lines.list;
  }
  if (lines.list.length < MAX_LINES - 1) lines.list.push(line);
  else lines.list[MAX_LINES - 1] = `[${++lines.more} more]`;
}
