import type { FilterProblem, TraceList, TracePage, TraceRow } from 'local-xray/console-api';
import { useCallback, useEffect, useReducer, useRef } from 'preact/hooks';
import { api, filterProblem, type ListQuery } from '../../api/client';
import { onTraces, readOnceOpen, useConnection } from '../../api/live';
import { boundsOf, type TimeRange } from '../../model/list/time-range';
import { statusOf } from '@nestjs-xray/trace';
import {
  countRows,
  formatSort,
  mergeRows,
  sortRows,
  type Counts,
  type Sort,
} from '../../model/list/trace-list';

/** The most that local X-Ray gives at once. */
const LIMIT = 10_000;
/** Events are checked against the filter, and counts of more than the limit refreshed, no more often than that. */
const CHECK_MS = 400;
const RECOUNT_MS = 5_000;

export interface TraceListState {
  /** The newest first. */
  rows: TraceRow[];
  counts: Counts;
  /** How many match, of which the rows may be a part. */
  matching: number;
  /** There are more than the rows. */
  truncated: boolean;
  /** Set where the newest so many traces were sorted, and older ones left out. */
  newest?: number;
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
  /** Reads the next ones. */
  more: () => void;
}

interface Question {
  range: TimeRange;
  rangeKey: string;
  filter: string;
  group: string;
  sort: Sort;
  /** One outcome alone; all without. */
  status: string;
}

/**
 * The traces that match, kept up to date by events. While `hold()` says so, new
 * traces wait so that no row moves; those already shown still change in place.
 */
export function useTraceList(
  { range, rangeKey, filter, group, sort, status }: Question,
  hold: () => boolean,
): TraceListState {
  const [, redraw] = useReducer<number, void>((version) => version + 1, 0);
  const { openings } = useConnection();
  const data = useRef<Data>(new Data());
  const holding = useRef(hold);
  holding.current = hold;
  const sortKey = formatSort(sort) ?? '';
  /** What every question to the list says, but for times and the filter. */
  const asked = (): ListQuery => ({
    group,
    limit: LIMIT,
    sort: sort.column,
    order: sort.descending ? 'desc' : 'asc',
    outcome: status,
  });

  const load = useCallback(async () => {
    const mine = data.current;
    mine.abort?.abort();
    const abort = (mine.abort = new AbortController());
    mine.begin();
    redraw();
    const ask = async (expression: string): Promise<void> => {
      const bounds = boundsOf(range, Date.now() / 1000);
      const answer = await api.traces({ ...asked(), ...bounds, filter: expression }, abort.signal);
      mine.set(answer, sort, status);
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
  }, [rangeKey, filter, group, sortKey, status]);

  useEffect(() => {
    const mine = data.current;
    const question = [rangeKey, filter, group, status, openings].join('\n');
    // All of them are here: there is nothing to ask for another order.
    if (mine.sortAnew(question, sort)) {
      redraw();
      return undefined;
    }
    mine.asking = question;
    const cancel = readOnceOpen(() => void load());
    return () => {
      cancel();
      mine.abort?.abort();
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
        const among = {
          start: Math.min(...starts) - 1,
          end: Math.max(...starts) + 1,
          filter,
          group,
          limit: LIMIT,
        };
        const answer = await api.traces(among, abort.signal).catch(() => undefined);
        if (!answer || abort.signal.aborted) return;
        const matching = new Set(answer.rows.map((row) => row.id));
        // Of traces older than what there was room for nothing is known.
        const known = answer.truncated ? (answer.rows.at(-1)?.start ?? 0) : -Infinity;
        gone = changed
          .filter((row) => row.start > known && !matching.has(row.id))
          .map((row) => row.id);
        changed = answer.rows.filter((row) => changed.some((one) => one.id === row.id));
      }
      if (status) {
        const others = changed.filter((row) => statusOf(row) !== status);
        gone = [...gone, ...others.map((row) => row.id)];
        changed = changed.filter((row) => statusOf(row) === status);
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
  }, [rangeKey, filter, group, status]);

  const release = useCallback(() => {
    data.current.release(oldest(range));
    redraw();
  }, [rangeKey]);

  const more = async (): Promise<void> => {
    const mine = data.current;
    if (mine.next === undefined || mine.loading) return;
    mine.begin();
    redraw();
    const bounds = boundsOf(range, Date.now() / 1000);
    const query = { ...asked(), ...bounds, filter, after: mine.next };
    try {
      mine.add(await api.moreTraces(query, mine.abort?.signal));
    } catch (error) {
      mine.error = error as Error;
    }
    mine.loading = false;
    redraw();
  };

  return {
    ...data.current.state(),
    release,
    reload: () => void load(),
    more: () => void more(),
  };
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
  /** What is being asked, and what the rows answer. */
  asking = '';
  private question = '';
  /** Where the next page begins, while there is one. */
  next: string | undefined;
  private newest: number | undefined;
  private sort: Sort = { column: 'time', descending: true };
  private status = '';
  /** Rows that are kept at most. */
  private most = LIMIT;
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

  set({ rows, counts, truncated, next, newest }: TraceList, sort: Sort, status: string): void {
    this.question = this.asking;
    this.sort = sort;
    this.status = status;
    this.next = truncated ? next : undefined;
    this.newest = newest;
    this.most = LIMIT;
    this.held.clear();
    // Of one outcome the rows say nothing about the others.
    this.serverCounts = truncated || status ? counts : undefined;
    this.put(this.withNews(rows));
  }

  /** Sorts the rows, where they are all that answer this question; says whether they are. */
  sortAnew(question: string, sort: Sort): boolean {
    const partial = this.next !== undefined || this.newest !== undefined;
    if (!this.loaded || this.loading || partial || this.question !== question) return false;
    this.sort = sort;
    this.put(this.rows);
    return true;
  }

  /** The next page, to those that are there. */
  add({ rows, next }: TracePage): void {
    this.next = next;
    this.most += rows.length;
    this.put(this.withNews(mergeRows(this.rows, rows)));
  }

  /** Rows as they were answered, with what was told meanwhile. */
  private withNews(rows: readonly TraceRow[]): TraceRow[] {
    const told = [...this.meanwhile];
    const gone = new Set(told.flatMap(([id, row]) => (row ? [] : [id])));
    return mergeRows(
      rows.filter((row) => !gone.has(row.id)),
      told.flatMap(([, row]) => row ?? []),
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

  state(): Omit<TraceListState, 'release' | 'reload' | 'more'> {
    const { rows, loading, loaded, problem, error, shownFilter, newest, next } = this;
    const counts = this.serverCounts ?? this.counts;
    return {
      rows,
      counts,
      matching: this.status ? counts[this.status as keyof Counts] : counts.total,
      truncated: next !== undefined,
      ...(newest !== undefined && { newest }),
      held: this.held.size,
      loading,
      loaded,
      shownFilter,
      ...(problem && { problem }),
      ...(error && { error }),
    };
  }

  private put(rows: TraceRow[]): void {
    this.rows = sortRows(rows, this.sort).slice(0, this.most);
    this.counts = countRows(this.rows);
  }
}
