/** What found traces can be sorted by. */
export type SortKey = 'start' | 'end' | 'duration' | 'outcome' | 'hint';

export interface SortOrder {
  by: SortKey;
  descending: boolean;
}

/**
 * How the database sorts traces: the column of `traces AS t`, and the index on it. The index
 * continues with the trace's number, which orders equal values.
 */
interface SortColumn {
  column: string;
  index: string;
  /** The lowest value, if it stands for none. It comes last in both directions. */
  last?: string;
}

export const SORT_COLUMNS: Readonly<Record<SortKey, SortColumn>> = {
  start: { column: 't.start', index: 'traces_time' },
  end: { column: 't."end"', index: 'traces_end' },
  duration: { column: 't.duration', index: 'traces_duration' },
  outcome: { column: 't.outcome', index: 'traces_outcome' },
  hint: { column: 't.hint_text', index: 'traces_hint', last: '' },
};
