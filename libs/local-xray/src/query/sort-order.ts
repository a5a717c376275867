/** What the traces that are found can be sorted by. */
export type SortKey = 'start' | 'end' | 'duration' | 'outcome' | 'hint';

export interface SortOrder {
  by: SortKey;
  descending: boolean;
}

/**
 * How the database puts traces in order: the column of `traces AS t`, and the index that has it, followed
 * by the number of the trace, which decides between equal ones.
 */
interface SortColumn {
  column: string;
  index: string;
  /** The least value, where it stands for none: it comes last in either direction. */
  last?: string;
}

export const SORT_COLUMNS: Readonly<Record<SortKey, SortColumn>> = {
  start: { column: 't.start', index: 'traces_time' },
  end: { column: 't."end"', index: 'traces_end' },
  duration: { column: 't.duration', index: 'traces_duration' },
  outcome: { column: 't.outcome', index: 'traces_outcome' },
  hint: { column: 't.hint_text', index: 'traces_hint', last: '' },
};
