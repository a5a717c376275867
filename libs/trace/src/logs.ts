import type { TraceNode, TraceTree } from './trace-node';

export type { SentLogLine } from './sent-log-line';

/** From least to most severe. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A line that was logged while a node was active. */
export interface LogLine {
  /** Stays the same for a line when the trace grows. */
  id: string;
  node: TraceNode;
  /** Epoch seconds; undefined if the line has no time. */
  time?: number;
  /** Seconds since the start of the trace, after the correction of clock skew. */
  at?: number;
  level: LogLevel;
  /** The level's name in its logger: `log`, `verbose`, `fatal`. */
  levelName: string;
  context?: string;
  message: string;
  /** Further logged values: a stack, attributes. */
  details: [name: string, value: unknown][];
}

export interface TraceLogs {
  /** Ordered by time; a line without a time is placed at the start of its node. */
  lines: LogLine[];
  /** The number of lines that were left out. */
  left: number;
}

/** The metadata keys of log lines; the second is used if the application uses the first itself. */
const KEYS = ['logs', 'log lines'];
/** The most seconds between the times of one line in the metadata and as a log record. */
const SAME = 0.1;

/** The log lines in a node's metadata, in any namespace. */
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
  // Distinguish milliseconds from seconds by their magnitude.
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

/** The log records that are not also in a document: a line sent both ways is shown once. */
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
    // Each line in the metadata matches one record, so repeated lines stay repeated.
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

/** If a node was moved because of clock skew, its lines are moved with it. */
function onTheWaterfall(node: TraceNode, time: number): number {
  return time - (Number(node.doc.start_time) || 0) + node.start;
}

function textOf(message: unknown): string {
  return typeof message === 'string' ? message : (JSON.stringify(message) ?? String(message));
}

/** Maps the level names of all loggers to four levels. */
function levelOf(name: string): LogLevel {
  if (/^(err|fatal|crit|alert|emerg|panic)/i.test(name)) return 'error';
  if (/^warn/i.test(name)) return 'warn';
  return /^(debug|verbose|trace|silly|fine)/i.test(name) ? 'debug' : 'info';
}
