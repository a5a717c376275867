import { allLogs, LOG_LEVELS, type LogLevel, type LogLine } from '@nestjs-xray/trace';
import { useMemo } from 'preact/hooks';
import { useKeys } from '../../../components/keys';
import { useQuery } from '../../../components/use-query';
import { indexLogs, linesBelow, type LogIndex } from '../../../model/trace/log-marks';
import type { TraceView } from '../use-trace-view';

/** The visible log lines and the actions on them. */
export interface LogView {
  all: LogLine[];
  /** Number of lines that were dropped. */
  left: number;
  index: LogIndex;
  counts: Record<LogLevel, number>;
  levels: ReadonlySet<LogLevel>;
  /** The lines in the list, by time. */
  shown: LogLine[];
  /** How many lines match the search. Undefined without a search. */
  matching: number | undefined;
  /** How many lines match among the levels that are off. */
  matchingOff: number;
  onlySelected: boolean;
  open: boolean;
  marks: boolean;
  /** The line that is highlighted in the list, on the bar and in the panel. */
  chosen: LogLine | undefined;
  choose: (line: LogLine) => void;
  toggleLevel: (level: LogLevel) => void;
  set: (change: { open?: boolean; onlySelected?: boolean; marks?: boolean }) => void;
}

export function useTraceLogs(view: TraceView): LogView {
  const { tree, selected, selectedFold } = view;
  const [query, setQuery] = useQuery(['log', 'levels', 'logs', 'of', 'marks']);
  const { lines: all, left } = allLogs(tree);
  const index = useMemo(() => indexLogs(all), [all]);
  const counts = useMemo(() => {
    const found = { debug: 0, info: 0, warn: 0, error: 0 };
    for (const { level } of all) found[level]++;
    return found;
  }, [all]);

  const levels = useMemo((): ReadonlySet<LogLevel> => {
    const asked = LOG_LEVELS.filter((level) => query.levels.split(',').includes(level));
    if (query.levels !== '') return new Set(asked);
    // If a trace has only debug lines, they are shown.
    const usual = LOG_LEVELS.filter((level) => level !== 'debug' && counts[level] > 0);
    return new Set(usual.length > 0 ? usual : ['debug']);
  }, [query.levels, counts]);

  const words = view.words.trim().toLowerCase();
  const onlySelected = query.of === 'selected';
  const { shown, matching, matchingOff } = useMemo(() => {
    const nodes = onlySelected ? (selectedFold ?? (selected ? [selected] : [])) : undefined;
    const part = nodes ? inTime(nodes.flatMap((node) => linesBelow(index, node))) : all;
    const wanted = part.filter(({ level }) => levels.has(level));
    if (!words) return { shown: wanted, matching: undefined, matchingOff: 0 };
    const matches = part.filter((line) => textOf(line).includes(words));
    const found = matches.filter(({ level }) => levels.has(level));
    // A search that matches no line does not filter the lines.
    const matchingOff = matches.length - found.length;
    return { shown: found.length > 0 ? found : wanted, matching: found.length, matchingOff };
  }, [all, index, levels, words, onlySelected, selected, selectedFold]);

  const line = all.find(({ id }) => id === query.log);
  const lit = line && (line.node === selected || selectedFold?.includes(line.node));
  const chosen = lit ? line : undefined;
  const choose = (next: LogLine): void => {
    setQuery({ log: next.id });
    view.reveal(next.node);
    view.set({ tab: 'logs' });
  };
  const open = query.logs === 'on' && all.length > 0;
  const set: LogView['set'] = (change) => {
    const next: Partial<Record<'logs' | 'of' | 'marks', string | undefined>> = {};
    if (change.open !== undefined) next.logs = change.open ? 'on' : undefined;
    if (change.onlySelected !== undefined) next.of = change.onlySelected ? 'selected' : undefined;
    if (change.marks !== undefined) next.marks = change.marks ? undefined : 'off';
    setQuery(next);
  };
  const step = (by: 1 | -1): void => {
    const at = chosen ? shown.indexOf(chosen) : -1;
    // If no line is chosen, start where the selection begins.
    const from = at >= 0 ? at : shown.findIndex((each) => place(each) >= (selected?.start ?? 0));
    const next = shown[at >= 0 ? at + by : by > 0 ? from : from - 1];
    if (next) choose(next);
  };
  useKeys({
    h: () => all.length > 0 && set({ open: !open }),
    ',': () => step(-1),
    '.': () => step(1),
  });

  return {
    all,
    left,
    index,
    counts,
    levels,
    shown,
    matching,
    matchingOff,
    onlySelected,
    open,
    marks: query.marks !== 'off',
    chosen,
    choose,
    toggleLevel: (level) => {
      const next = new Set(levels);
      if (!next.delete(level)) next.add(level);
      setQuery({ levels: [...next].join(',') || 'none' });
    },
    set,
  };
}

const place = (line: LogLine): number => line.at ?? line.node.start;

function inTime(lines: LogLine[]): LogLine[] {
  return lines.sort((a, b) => place(a) - place(b));
}

/** The searchable text of a line. */
function textOf({ message, context, levelName, details }: LogLine): string {
  const more = details.map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [message, context, levelName, ...more].join('\n').toLowerCase();
}
