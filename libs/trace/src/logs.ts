import type { TraceNode, TraceTree } from './trace-node';

export type { SentLogLine } from './sent-log-line';

/** Gravest last. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A line that was logged while a node was active. */
export interface LogLine {
  /** The same line keeps it when the trace grows. */
  id: string;
  node: TraceNode;
  /** Epoch seconds; undefined where the line does not say. */
  time?: number;
  /** Seconds since the start of the trace, by the clock that the waterfall is drawn by. */
  at?: number;
  level: LogLevel;
  /** As its logger names the level: `log`, `verbose`, `fatal`. */
  levelName: string;
  context?: string;
  message: string;
  /** What was logged besides: a stack, attributes. */
  details: [name: string, value: unknown][];
}

export interface TraceLogs {
  /** In the order of their times; those without a time where their node begins. */
  lines: LogLine[];
  /** Lines of which only their number was kept. */
  left: number;
}

/** Where the toolkit writes lines: the second where the application has metadata of the first name. */
const KEYS = ['logs', 'log lines'];
/** The same line, in the metadata and as a log record, is stamped within so many seconds. */
const SAME = 0.1;

/** The lines in the metadata of a node, in whichever namespace. */
export function logsOf(node: TraceNode): LogLine[] {
  return recorded(node).lines;
}

const known = new WeakMap<TraceTree, TraceLogs>();

/** All lines of a trace. */
export function allLogs(tree: TraceTree): TraceLogs {
  const before = known.get(tree);
  if (before) return before;
  const each = tree.nodes.map(recorded);
  const lines = each.flatMap((one) => one.lines);
  lines.push(...sentLines(tree, lines));
  const place = (line: LogLine): number => line.at ?? line.node.start;
  lines.sort((a, b) => place(a) - place(b) || a.node.index - b.node.index);
  const logs = {
    lines,
    left: each.reduce((sum, { left }) => sum + left, tree.logsDropped ?? 0),
  };
  known.set(tree, logs);
  return logs;
}

function recorded(node: TraceNode): TraceLogs {
  const logs: TraceLogs = { lines: [], left: 0 };
  for (const namespace of Object.values(node.doc.metadata ?? {})) {
    for (const key of KEYS) {
      const list = (namespace as Record<string, unknown> | null)?.[key];
      if (!Array.isArray(list)) continue;
      for (const one of list) {
        const line = read(node, one, String(logs.lines.length));
        if (line) logs.lines.push(line);
        else if (typeof one === 'string') {
          logs.left += Number(/^\[(\d{1,9}) more\]$/.exec(one)?.[1] ?? 0);
        }
      }
    }
  }
  return logs;
}

function read(node: TraceNode, line: unknown, id: string): LogLine | undefined {
  if (typeof line !== 'object' || line === null) return undefined;
  const { time, level, context, message, details } = line as Record<string, unknown>;
  if (message === undefined) return undefined;
  const at = typeof time === 'string' ? Date.parse(time) / 1000 : Number(time);
  // Milliseconds and seconds are told apart by their size.
  const seconds = at > 1e11 ? at / 1000 : at;
  const levelName = typeof level === 'string' ? level : 'log';
  return {
    id: `${node.key}.${id}`,
    node,
    level: levelOf(levelName),
    levelName,
    message: textOf(message),
    details: detailsOf(details),
    ...(Number.isFinite(seconds) && { time: seconds, at: onTheWaterfall(node, seconds) }),
    ...(typeof context === 'string' && { context }),
  };
}

function detailsOf(details: unknown): LogLine['details'] {
  if (Array.isArray(details)) return details.map((each) => ['', each]);
  if (typeof details === 'object' && details !== null) return Object.entries(details);
  return details === undefined ? [] : [['', details]];
}

/** Those that no document has: who logs by both ways means one line. */
function sentLines(tree: TraceTree, lines: readonly LogLine[]): LogLine[] {
  const times = new Map<string, number[]>();
  const key = (node: TraceNode, message: string): string => `${node.key}\n${message}`;
  for (const { node, message, time } of lines) {
    if (time === undefined) continue;
    const all = times.get(key(node, message));
    if (all) all.push(time);
    else times.set(key(node, message), [time]);
  }
  return (tree.sentLogs ?? []).flatMap((sent, at) => {
    const node =
      tree.byKey.get(sent.segmentId ?? '') ??
      tree.nodes.find(({ kind, name }) => kind === 'segment' && name === sent.service) ??
      tree.roots[0];
    if (!node) return [];
    const message = textOf(sent.message);
    const same = times.get(key(node, message));
    const twin = same?.findIndex((time) => Math.abs(time - sent.time) < SAME) ?? -1;
    // Each stands for one: what was logged twice in a moment is there twice.
    if (twin >= 0) {
      same?.splice(twin, 1);
      return [];
    }
    const scope = sent.attributes['otel.scope.name'];
    return [
      {
        id: `sent.${at}`,
        node,
        time: sent.time,
        at: onTheWaterfall(node, sent.time),
        level: levelOf(sent.level),
        levelName: sent.severity ?? sent.level,
        message,
        details: Object.entries(sent.attributes).filter(([name]) => name !== 'otel.scope.name'),
        ...(typeof scope === 'string' && { context: scope }),
      },
    ];
  });
}

/** A node whose clock is off was moved; its lines move with it. */
function onTheWaterfall(node: TraceNode, time: number): number {
  return time - (Number(node.doc.start_time) || 0) + node.start;
}

function textOf(message: unknown): string {
  return typeof message === 'string' ? message : (JSON.stringify(message) ?? String(message));
}

/** Whichever words a logger has, four levels. */
function levelOf(name: string): LogLevel {
  if (/^(err|fatal|crit|alert|emerg|panic)/i.test(name)) return 'error';
  if (/^warn/i.test(name)) return 'warn';
  return /^(debug|verbose|trace|silly|fine)/i.test(name) ? 'debug' : 'info';
}
