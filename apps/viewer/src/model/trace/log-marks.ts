import { LOG_LEVELS, type LogLevel, type LogLine, type TraceNode } from '@nestjs-xray/trace';
import { place, type Window } from './bars';
import type { Row } from './waterfall-rows';

/** Marks closer than this many pixels become one. */
const NEAR = 10;

/** A mark on a bar where something was logged. */
export interface LogMark {
  /** In per cent of the width. */
  left: number;
  level: LogLevel;
  /** Most severe first. */
  lines: LogLine[];
}

/** Log lines by node, to find those of a subtree quickly. */
export interface LogIndex {
  /** In the order of the waterfall, then by time. */
  sorted: LogLine[];
}

export function indexLogs(lines: readonly LogLine[]): LogIndex {
  return { sorted: [...lines].sort((a, b) => a.node.index - b.node.index) };
}

/** The lines of a node and of the nodes below it. */
export function linesBelow(index: LogIndex, node: TraceNode): LogLine[] {
  return between(index, node.index, node.index + node.below);
}

function between({ sorted }: LogIndex, first: number, last: number): LogLine[] {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.node.index ?? 0) < first) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < sorted.length && (sorted[end]?.node.index ?? Infinity) <= last) end++;
  return sorted.slice(low, end);
}

/** The lines of a row: those of its node and of all nodes that are hidden in it. */
export function linesOfRow(index: LogIndex, row: Row): LogLine[] {
  if (index.sorted.length === 0) return [];
  if (row.type === 'fold') {
    return row.expanded ? [] : row.nodes.flatMap((node) => linesBelow(index, node));
  }
  return row.hidden > 0
    ? linesBelow(index, row.node)
    : between(index, row.node.index, row.node.index);
}

/** The marks for log lines on a bar of `width` pixels. Debug lines get no mark. */
export function logMarks(lines: readonly LogLine[], window: Window, width: number): LogMark[] {
  const placed = lines
    .flatMap((line) => {
      const at =
        line.level !== 'debug' && line.at !== undefined && place([line.at, line.at], window);
      return at ? [{ line, left: at.left }] : [];
    })
    .sort((a, b) => a.left - b.left);
  const near = width > 0 ? (NEAR / width) * 100 : 0;
  const marks: LogMark[] = [];
  for (const { line, left } of placed) {
    const last = marks[marks.length - 1];
    if (last && left - last.left < near) last.lines.push(line);
    else marks.push({ left, level: line.level, lines: [line] });
  }
  for (const mark of marks) {
    mark.lines.sort((a, b) => LOG_LEVELS.indexOf(b.level) - LOG_LEVELS.indexOf(a.level));
    mark.level = mark.lines[0]?.level ?? 'info';
  }
  return marks;
}
