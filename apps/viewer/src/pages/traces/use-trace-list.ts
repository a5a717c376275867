import type { FilterProblem, TraceList, TraceRow } from 'local-xray/console-api';
import { useCallback, useEffect, useReducer, useRef } from 'preact/hooks';
import { api, filterProblem } from '../../api/client';
import { onTraces, readOnceOpen, useConnection } from '../../api/live';
import { boundsOf, type TimeRange } from '../../model/list/time-range';
import { countRows, mergeRows, type Counts } from '../../model/list/trace-list';

/** The most that local X-Ray gives at once. */
const LIMIT = 10_000;
/** Events are checked against the filter, and counts of more than the limit refreshed, no more often than that. */
const CHECK_MS = 400;
const RECOUNT_MS = 5_000;

export interface TraceListState {
  /** The newest first. */
  rows: TraceRow[];
  counts: Counts;
  truncated: boolean;
  /** Newer traces that are kept back until `release`. */
  held: number;
  loading: boolean;
  /** Whether any answer has come yet for what is asked. */
  loaded: boolean;
  problem?: FilterProblem;
  error?: Error;
  /** The filter whose result is shown: while another is wrong, the last that was right. */
  shownFilter: string;
  release: () => void;
  reload: () => void;
}

interface Question {
  range: TimeRange;
  rangeKey: string;
  filter: string;
  group: string;
}

/**
 * The traces that match, kept up to date by events. While `hold()` says so, new
 * traces wait so that no row moves; those already shown still change in place.
 */
export function useTraceList(
  { range, rangeKey, filter, group }: Question,
  hold: () => boolean,
): TraceListState {
  const [, redraw] = useReducer<number, void>((version) => version + 1, 0);
  const { openings } = useConnection();
  const data = useRef<Data>(new Data());
  const holding = useRef(hold);
  holding.current = hold;

  const load = useCallback(async () => {
    const mine = data.current;
    mine.abort?.abort();
    const abort = (mine.abort = new AbortController());
    mine.begin();
    redraw();
    const ask = async (expression: string): Promise<void> => {
      const bounds = boundsOf(range, Date.now() / 1000);
      const answer = await api.traces(
        { ...bounds, filter: expression, group, limit: LIMIT },
        abort.signal,
      );
      mine.set(answer);
      mine.shownFilter = expression;
      mine.error = undefined;
      mine.loaded = true;
    };
    try {
      await ask(filter);
      mine.problem = undefined;
    } catch (error) {
      if (abort.signal.aborted) return;
      mine.problem = filterProblem(error);
      mine.error = mine.problem ? undefined : (error as Error);
      // A wrong filter from the start, in a permalink: there is no result to keep, so all are shown.
      if (mine.problem && !mine.loaded) await ask('').catch(() => undefined);
      if (abort.signal.aborted) return;
    }
    mine.loading = false;
    redraw();
  }, [rangeKey, filter, group]);

  useEffect(() => {
    const cancel = readOnceOpen(() => void load());
    return () => {
      cancel();
      data.current.abort?.abort();
    };
  }, [load, openings]);

  useEffect(() => {
    const waiting = new Map<string, TraceRow>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let countedAt = 0;
    // Ends what is being asked for a question that was replaced.
    const abort = new AbortController();
    const take = async (): Promise<void> => {
      timer = undefined;
      const mine = data.current;
      let changed = [...waiting.values()];
      waiting.clear();
      if (mine.problem || changed.length === 0) return;
      let gone: string[] = [];
      if (filter || group) {
        const starts = changed.map((row) => row.start);
        const asked = {
          start: Math.min(...starts) - 1,
          end: Math.max(...starts) + 1,
          filter,
          group,
          limit: LIMIT,
        };
        const answer = await api.traces(asked, abort.signal).catch(() => undefined);
        if (!answer || abort.signal.aborted) return;
        const matching = new Set(answer.rows.map((row) => row.id));
        // Of traces older than what there was room for nothing is known.
        const known = answer.truncated ? (answer.rows.at(-1)?.start ?? 0) : -Infinity;
        gone = changed
          .filter((row) => row.start > known && !matching.has(row.id))
          .map((row) => row.id);
        changed = answer.rows.filter((row) => changed.some((one) => one.id === row.id));
      }
      mine.change(changed, gone, oldest(range), holding.current());
      if (mine.serverCounts && Date.now() - countedAt > RECOUNT_MS) {
        countedAt = Date.now();
        const bounds = boundsOf(range, Date.now() / 1000);
        const answer = await api
          .traces({ ...bounds, filter, group, limit: 1 }, abort.signal)
          .catch(() => undefined);
        if (answer && !abort.signal.aborted) mine.serverCounts = answer.counts;
      }
      redraw();
    };
    const stop = onTraces((rows) => {
      if ('to' in range)
        rows = rows.filter((row) => row.start >= range.from && row.start <= range.to);
      for (const row of rows) waiting.set(row.id, row);
      timer ??= setTimeout(() => void take(), filter || group ? CHECK_MS : 0);
    });
    return () => {
      stop();
      abort.abort();
      clearTimeout(timer);
    };
  }, [rangeKey, filter, group]);

  const release = useCallback(() => {
    data.current.release(oldest(range));
    redraw();
  }, [rangeKey]);

  return { ...data.current.state(), release, reload: () => void load() };
}

function oldest(range: TimeRange): number {
  return 'from' in range ? range.from : Date.now() / 1000 - range.last;
}

/** Rows and what waits to become one. */
class Data {
  loading = true;
  loaded = false;
  shownFilter = '';
  problem: FilterProblem | undefined;
  error: Error | undefined;
  abort: AbortController | undefined;
  /** Counts of all that match, when that is more than the rows. */
  serverCounts: Counts | undefined;
  private rows: TraceRow[] = [];
  private counts: Counts = countRows([]);
  private held = new Map<string, TraceRow>();
  /** What was told while an answer was awaited that may be older; undefined for what no longer matches. */
  private meanwhile = new Map<string, TraceRow | undefined>();

  /** A read begins. */
  begin(): void {
    this.loading = true;
    this.meanwhile.clear();
  }

  set({ rows, counts, truncated }: TraceList): void {
    const told = [...this.meanwhile];
    const gone = new Set(told.flatMap(([id, row]) => (row ? [] : [id])));
    const news = told.flatMap(([, row]) => row ?? []);
    this.serverCounts = truncated ? counts : undefined;
    this.held.clear();
    this.put(
      mergeRows(
        rows.filter((row) => !gone.has(row.id)),
        news,
      ),
    );
  }

  change(changed: TraceRow[], gone: string[], from: number, hold: boolean): void {
    if (this.loading) {
      for (const row of changed) this.meanwhile.set(row.id, row);
      for (const id of gone) this.meanwhile.set(id, undefined);
    }
    const shown = new Set(this.rows.map((row) => row.id));
    const left = new Set(gone);
    for (const id of gone) this.held.delete(id);
    const now = changed.filter((row) => !hold || shown.has(row.id));
    if (hold) {
      for (const row of changed) if (!shown.has(row.id)) this.held.set(row.id, row);
      // Rows that no longer match stay too: taking one away would move those below.
      this.put(mergeRows(this.rows, now));
    } else {
      const kept = left.size ? this.rows.filter((row) => !left.has(row.id)) : this.rows;
      this.put(mergeRows(kept, [...this.held.values(), ...now], from));
      this.held.clear();
    }
  }

  release(from: number): void {
    if (this.held.size === 0) return;
    this.put(mergeRows(this.rows, [...this.held.values()], from));
    this.held.clear();
  }

  state(): Omit<TraceListState, 'release' | 'reload'> {
    const { rows, loading, loaded, problem, error, shownFilter } = this;
    return {
      rows,
      counts: this.serverCounts ?? this.counts,
      truncated: this.serverCounts !== undefined,
      held: this.held.size,
      loading,
      loaded,
      shownFilter,
      ...(problem && { problem }),
      ...(error && { error }),
    };
  }

  private put(rows: TraceRow[]): void {
    this.rows = rows.slice(0, LIMIT);
    this.counts = countRows(this.rows);
  }
}
