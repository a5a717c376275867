import type { FilterProblem, TraceList, TracePage, TraceRow } from 'local-xray/console-api';
import {
  countRows,
  mergeRows,
  sortRows,
  type Counts,
  type Sort,
} from '../../model/list/trace-list';

/** The most that local X-Ray gives at once. */
export const LIMIT = 10_000;

/** What a list shows. */
export interface ListedTraces {
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
}

/** Rows and what waits to become one. */
export class TraceRows {
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

  state(): ListedTraces {
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
