import { BINS_PER_DECADE } from '../aggregates/bins';
import { WHOLE_TRACE } from '../aggregates/facets';
import type { TraceOverview } from '../console-api';
import { totalsOf } from './figures';
import type { ReadContext } from './read-context';
import { Sums } from './sums';
import { Tally } from './tally';
import type { TraceSelection } from './trace-reads';

/** Columns of the heat map, at most, and rows for each factor of ten. */
const SLOTS = 96;
const ROWS_PER_DECADE = 5;
/** Filters that must be evaluated trace by trace may take long for a whole range. */
const BUDGET_MS = 5_000;

/** The number, outcomes and durations of all traces in a range. */
export async function readOverview(
  context: ReadContext,
  selection: TraceSelection,
  signal: AbortSignal,
): Promise<TraceOverview> {
  const sums = Sums.open(context, selection, SLOTS, signal);
  const traces = await sums.of(WHOLE_TRACE, { budgetMs: BUDGET_MS });
  const cells = new Map<string, TraceOverview['cells'][number]>();
  const whole = new Tally();
  for (const sum of traces) {
    whole.add(sum);
    const { bin, slot, count, fault, error, throttle } = sum;
    const row = Math.floor((bin * ROWS_PER_DECADE) / BINS_PER_DECADE);
    const key = `${slot} ${row}`;
    const cell = cells.get(key) ?? { slot, row, count: 0, fault: 0, error: 0, throttle: 0 };
    cell.count += count;
    cell.fault += fault;
    cell.error += error;
    cell.throttle += throttle;
    cells.set(key, cell);
  }
  const { from, width, count } = sums.slots;
  return {
    from,
    width,
    slots: count,
    total: totalsOf(whole),
    cells: [...cells.values()].filter((cell) => cell.count > 0),
    ...(sums.since !== undefined && { since: sums.since }),
  };
}
