import { useCallback, useMemo, useState } from 'preact/hooks';
import { formatZoom, parseZoom, type Window } from '../../model/trace/bars';
import { type Hint, hintsOf, type TraceNode, type TraceTree } from '@nestjs-xray/trace';
import { groupHints, type HintGroup } from '../../model/trace/hint-groups';
import { arrival, search } from '../../model/trace/trace-search';
import {
  holds,
  openedTo,
  rowIndexOf,
  waterfallRows,
  type Row,
  type RowView,
} from '../../model/trace/waterfall-rows';
import { useQuery } from '../../components/use-query';

/** What the user opened and closed. Stored in the history entry, so that it survives a reload. */
interface Opened {
  toggled: [string, boolean][];
  unfolded: string[];
}

/** The state of the page of a trace and the actions on it. */
export interface TraceView {
  tree: TraceTree;
  rows: Row[];
  tooShort: number;
  /** The selected node, also if it is inside a fold. */
  selected: TraceNode | undefined;
  /** The key that the user selected. Empty if only the page made its initial selection. */
  chosen: string;
  selectedRow: number;
  selectedFold: TraceNode[] | undefined;
  words: string;
  hits: TraceNode[];
  /** The level up to which the tree is open; its depth if everything is open. */
  level: number;
  minMs: number;
  window: Window;
  zoomed: boolean;
  critical: boolean;
  tab: string;
  hints: Hint[];
  /** The hints, with equal ones grouped. */
  hintGroups: HintGroup[];
  /** The hint whose bars are marked. */
  hint: Hint | undefined;
  /** Marks the bars of a hint and selects the first. Further calls select the next one, and after the last, none. */
  follow: (hint: Hint) => void;
  select: (key: string | undefined) => void;
  /** Selects a node, and opens everything that hides it. */
  reveal: (node: TraceNode) => void;
  toggle: (row: Row, open?: boolean) => void;
  set: (change: {
    words?: string;
    level?: number;
    minMs?: number;
    window?: Window;
    critical?: boolean;
    tab?: string;
  }) => void;
}

const NAMES = ['select', 'q', 'level', 'min', 'zoom', 'critical', 'tab', 'hint'] as const;

export function useTraceView(tree: TraceTree): TraceView {
  const [query, setQuery] = useQuery(NAMES, ['zoom']);
  const [opened, setOpened] = useState<Opened>(restore);

  const change = useCallback((next: Opened) => {
    setOpened(next);
    history.replaceState({ ...(history.state as object | null), opened: next }, '');
  }, []);

  const home = useMemo(() => arrival(tree), [tree]);
  const foldStart = query.select.startsWith('fold:') ? query.select.slice(5) : undefined;
  const selected = tree.byKey.get(foldStart ?? query.select) ?? home;
  const hits = useMemo(() => search(tree, query.q), [tree, query.q]);
  const level = query.level
    ? Math.max(1, Math.min(Number(query.level) || 1, tree.maxDepth))
    : tree.maxDepth;
  const minMs = Math.max(0, Number(query.min) || 0);

  const rowView = useMemo(
    (): RowView => ({
      level: query.level ? level : undefined,
      toggled: new Map(opened.toggled),
      unfolded: new Set(opened.unfolded),
      minDuration: minMs / 1000,
      hits: new Set(hits),
      selected,
    }),
    [query.level, level, opened, minMs, hits, selected],
  );
  const { rows, tooShort } = useMemo(() => waterfallRows(tree, rowView), [tree, rowView]);

  const selectedRow = useMemo(() => {
    const fold = foldStart === undefined ? -1 : rows.findIndex((row) => row.key === query.select);
    return fold >= 0 || !selected ? fold : rowIndexOf(rows, selected);
  }, [rows, selected, query.select]);
  const row = rows[selectedRow];

  const window = useMemo(
    () => parseZoom(query.zoom || null, tree.duration),
    [query.zoom, tree.duration],
  );

  const hints = useMemo(() => hintsOf(tree), [tree]);
  const hintGroups = useMemo(() => groupHints(hints), [hints]);
  const hint = hintGroups.find((one) => one.id === query.hint);
  const reveal = (node: TraceNode, also: { hint?: string } = {}): void => {
    const view = openedTo(tree, rowView, node);
    change({ toggled: [...view.toggled], unfolded: [...view.unfolded] });
    setQuery({ select: node.key, ...also });
  };

  return {
    tree,
    rows,
    tooShort,
    selected,
    chosen: query.select,
    selectedRow,
    selectedFold: row?.type === 'fold' ? row.nodes : undefined,
    words: query.q,
    hits,
    level,
    minMs,
    window,
    zoomed: query.zoom !== '',
    critical: query.critical !== 'off',
    tab: query.tab,
    hints,
    hintGroups,
    hint,
    follow: (next) => {
      const at = next.id === hint?.id ? next.nodes.indexOf(selected?.key ?? '') + 1 : 0;
      const node = tree.byKey.get(next.nodes[at] ?? '');
      if (node) reveal(node, { hint: next.id });
      else setQuery({ hint: undefined });
    },
    select: (key) => setQuery({ select: key }),
    reveal,
    toggle: (one, open = !one.expanded) => {
      if (one.type === 'fold') {
        const unfolded = new Set(opened.unfolded);
        if (open) unfolded.add(one.key);
        else unfolded.delete(one.key);
        change({ ...opened, unfolded: [...unfolded] });
        // A selected member of a closed fold would not be visible.
        if (!open) setQuery({ select: one.key });
      } else {
        change({ ...opened, toggled: [...new Map(opened.toggled).set(one.key, open)] });
        if (!open && selected && selected !== one.node && holds(one.node, selected)) {
          setQuery({ select: one.key });
        }
      }
    },
    set: (wanted) => {
      const next: Parameters<typeof setQuery>[0] = {};
      if (wanted.words !== undefined) next.q = wanted.words;
      if (wanted.level !== undefined) {
        next.level = wanted.level >= tree.maxDepth ? undefined : String(wanted.level);
        change({ ...opened, toggled: [] });
      }
      if (wanted.minMs !== undefined) next.min = wanted.minMs ? String(wanted.minMs) : undefined;
      if (wanted.window) next.zoom = formatZoom(wanted.window, tree.duration);
      if (wanted.critical !== undefined) next.critical = wanted.critical ? undefined : 'off';
      if (wanted.tab !== undefined) next.tab = wanted.tab;
      setQuery(next);
    },
  };
}

function restore(): Opened {
  const { opened } = (history.state as { opened?: Partial<Opened> } | null) ?? {};
  return { toggled: opened?.toggled ?? [], unfolded: opened?.unfolded ?? [] };
}
