import type { TraceNode, TraceTree } from './trace-node';

/** A line that was logged while a node was active. */
export interface LogLine {
  node: TraceNode;
  /** Epoch seconds; undefined where the line does not say. */
  time?: number;
  level: string;
  context?: string;
  message: string;
}

/** The lines in the metadata `logs` of a node, in whichever namespace. */
export function logsOf(node: TraceNode): LogLine[] {
  return Object.values(node.doc.metadata ?? {}).flatMap((namespace) => {
    const lines = (namespace as { logs?: unknown } | null)?.logs;
    return Array.isArray(lines) ? lines.flatMap((line) => read(node, line)) : [];
  });
}

/** All lines of a trace, in the order of their times. */
export function allLogs(tree: TraceTree): LogLine[] {
  return tree.nodes.flatMap(logsOf).sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
}

function read(node: TraceNode, line: unknown): LogLine[] {
  if (typeof line !== 'object' || line === null) return [];
  const { time, level, context, message } = line as Record<string, unknown>;
  if (message === undefined) return [];
  const at = typeof time === 'string' ? Date.parse(time) / 1000 : Number(time);
  return [
    {
      node,
      level: typeof level === 'string' ? level : 'log',
      message: typeof message === 'string' ? message : JSON.stringify(message),
      // Milliseconds and seconds are told apart by their size.
      ...(Number.isFinite(at) && { time: at > 1e11 ? at / 1000 : at }),
      ...(typeof context === 'string' && { context }),
    },
  ];
}
