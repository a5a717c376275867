import type { FilterProblem, TraceList, TracePage, TraceRow } from 'local-xray/console-api';
import {
  countRows,
  mergeRows,
  sortRows,
  type Counts,
  type Sort,
} from '../../model/list/trace-list';

/** The maximum number of rows that local X-Ray returns at once. */
export const LIMIT = 10_000;
/** Rows that are loaded and shown before the others: all of them take many times as long. */
export const FIRST = 500;
/** Rows that are loaded at once after the first ones. The page stands still while it reads and sorts them. */
export const PART = 2_500;

/** The state of the list. */
export interface ListedTraces {
  /** The rows in order. */
  rows: TraceRow[];
  counts: Counts;
  /** How many traces match. The rows may be only a part of them. */
  matching: number;
  /** Whether more traces match than there are rows. */
  truncated: boolean;
  /** Set if only this many of the newest traces were sorted, and older ones were left out. */
  newest?: number;
  /** Number of newer traces that are held back until `release()`. */
  held: number;
  loading: boolean;
  /** Whether any response to the current query has arrived. */
  loaded: boolean;
  /** Whether only the first rows have arrived yet, and the others are being loaded. */
  filling: boolean;
  problem?: FilterProblem;
  error?: Error;
  /** The filter whose result is shown. While the current one is invalid, the last valid one. */
  shownFilter: string;
}

/** The rows of the list, and traces that wait to become rows. */
export class TraceRows {
  loading = true;
  loaded = false;
  filling = false;
  shownFilter = '';
  problem: FilterProblem | undefined;
  error: Error | undefined;
  abort: AbortController | undefined;
  /** Counts of all matching traces, if there are more than the rows. */
  serverCounts: Counts | undefined;
  /** The query that is being requested, and the query that the rows belong to. */
  asking = '';
  private question = '';
  /** Where the next page begins, if there is one. */
  next: string | undefined;
  private newest: number | undefined;
  private sort: Sort = { column: 'time', descending: true };
  private status = '';
  /** Maximum number of rows. */
  private most = LIMIT;
  private rows: TraceRow[] = [];
  private counts: Counts = countRows([]);
  private held = new Map<string, TraceRow>();
  /** Changes that arrived while a possibly older response was awaited. Undefined for traces that no longer match. */
  private meanwhile = new Map<string, TraceRow | undefined>();

  /** Call this when a request begins. */
  begin(): void {
    this.loading = true;
    this.filling = false;
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
    // If only one outcome is shown, the other outcomes cannot be counted from the rows.
    this.serverCounts = truncated || status ? counts : undefined;
    this.put(this.withNews(rows));
  }

  /** Sorts the rows here if they are the complete result of this query. Returns whether they are. */
  sortAnew(question: string, sort: Sort): boolean {
    const partial = this.next !== undefined || this.newest !== undefined;
    if (!this.loaded || this.loading || partial || this.question !== question) return false;
    this.sort = sort;
    this.put(this.rows);
    return true;
  }

  /** Appends the next page. */
  add({ rows, next }: TracePage): void {
    this.next = next;
    this.most = Math.max(LIMIT, this.rows.length + rows.length);
    this.put(this.withNews(mergeRows(this.rows, rows)));
    // The rows are complete, so they can be counted here, at every change.
    const complete = next === undefined && this.newest === undefined && this.rows.length < LIMIT;
    if (complete && !this.status) this.serverCounts = undefined;
  }

  /** Merges the rows of a response with the changes that arrived meanwhile and are not held back. */
  private withNews(rows: readonly TraceRow[]): TraceRow[] {
    const changes = [...this.meanwhile];
    const gone = new Set(changes.flatMap(([id, row]) => (row ? [] : [id])));
    return mergeRows(
      rows.filter((row) => !gone.has(row.id)),
      changes.flatMap(([id, row]) => (row && !this.held.has(id) ? row : [])),
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
      // Keep rows that no longer match: removing one would move those below.
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

  state(): ListedTraces {
    const { rows, loading, loaded, filling, problem, error, shownFilter, newest, next } = this;
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
      filling,
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
