import { Logger } from '@nestjs/common';
import { currentNode, storage } from '../../core/context';
import type { RecordedNode } from '../../core/recorded-node';
import { runtime } from '../../core/runtime';
import { snapshot } from '../../core/safe-metadata';
import { patchMethod, type Method } from '../patch';

const LEVELS = ['log', 'error', 'warn', 'debug', 'verbose', 'fatal'] as const;
/** The most lines recorded on one segment or subsegment: metadata truncates longer lists. */
const MAX_LINES = 200;

/** A line in the metadata `logs`. Times are epoch seconds. */
interface LogLine {
  time: number;
  level: string;
  context?: string;
  message: unknown;
  /** Further arguments, such as a stack. */
  details?: unknown[];
}

/** The lines of a node, and how many were left out. */
interface Lines {
  list: (LogLine | string)[];
  more: number;
}

const linesOf = new WeakMap<RecordedNode, Lines>();

/** A Logger forwards each line to another logger, which may be a Logger too. Record it once. */
let forwarding = false;

/** Called after an error was logged while a segment or subsegment was active, outside of it. */
export type ErrorLogListener = (node: RecordedNode) => void;

const errorListeners = new Set<ErrorLogListener>();

/** Calls `listener` after each error logged through Nest's Logger, until the result is called. */
export function onErrorLogged(listener: ErrorLogListener): () => void {
  recordLogLines();
  errorListeners.add(listener);
  return () => void errorListeners.delete(listener);
}

/**
 * Records the lines of Nest's Logger on the active segment or subsegment. The logger behind it that
 * prints them (ConsoleLogger, pino, winston) is not affected. Once per process.
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
    const outermost = !forwarding;
    if (outermost && runtime.logs) record(level, this.context, args);
    forwarding = true;
    try {
      return Reflect.apply(original as (...args: unknown[]) => unknown, this, args);
    } finally {
      if (outermost) forwarding = false;
      if (outermost && errorListeners.size > 0) reportError(level);
    }
  };
}

function reportError(level: (typeof LEVELS)[number]): void {
  const node = currentNode();
  if (node === undefined || !['error', 'fatal'].includes(level) || isOff(level)) return;
  storage.exit(() => {
    for (const listener of errorListeners) listener(node);
  });
}

function record(level: (typeof LEVELS)[number], own: unknown, args: unknown[]): void {
  try {
    const node = currentNode();
    if (node === undefined || node.hasLeft || isOff(level)) return;
    const [message, ...details] = args;
    // Nest's rule: a string as the last argument is the context, unless the logger has its own.
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
    // Reading the message threw. The logger that prints it reports that.
  }
}

/** The logger that prints the lines. pino and winston do not have this method. */
interface Printer {
  isLevelEnabled?(level: string): boolean;
}

/** Whether the application turned this level off. With logging off altogether, all are recorded. */
function isOff(level: (typeof LEVELS)[number]): boolean {
  const { staticInstanceRef: printer, logLevels } = Logger as unknown as {
    staticInstanceRef?: Printer;
    logLevels?: readonly string[];
  };
  if (printer === undefined) return false;
  // Without a list of levels, isLevelEnabled() returns false for every level in Nest 10 and 11.
  if (logLevels !== undefined && !Logger.isLevelEnabled(level)) return true;
  return typeof printer.isLevelEnabled === 'function' && !printer.isLevelEnabled(level);
}

function add(node: RecordedNode, line: LogLine): void {
  let lines = linesOf.get(node);
  if (lines === undefined) {
    linesOf.set(node, (lines = { list: [], more: 0 }));
    const metadata = (node.metadata ??= {});
    const entries = (metadata.default ??= {});
    // Keep the application's own metadata of that name.
    entries['logs' in entries ? 'log lines' : 'logs'] = lines.list;
  }
  if (lines.list.length < MAX_LINES - 1) lines.list.push(line);
  else lines.list[MAX_LINES - 1] = `[${++lines.more} more]`;
}
