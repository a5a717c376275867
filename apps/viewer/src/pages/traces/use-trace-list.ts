import type { TraceRow } from 'local-xray/console-api';
import { useCallback, useEffect, useReducer, useRef } from 'preact/hooks';
import { api, filterProblem, type ListQuery } from '../../api/client';
import { onTraces, readOnceOpen, useConnection } from '../../api/live';
import { boundsOf, type TimeRange } from '../../model/list/time-range';
import { statusOf } from '@nestjs-xray/trace';
import { formatSort, type Sort } from '../../model/list/trace-list';
import { FIRST, LIMIT, PART, TraceRows, type ListedTraces } from './trace-rows';
import { scrollPlace } from './use-scroll-place';

/** Minimum interval for checking events against the filter, and for refreshing counts above the limit. */
const CHECK_MS = 400;
const RECOUNT_MS = 5_000;
/** A list that was scrolled further, in pixels, is loaded at once. The first rows alone may not reach that far. */
const FIRST_HEIGHT = 10_000;

export interface TraceListState extends ListedTraces {
  release: () => void;
  reload: () => void;
  /** Loads the next page. */
  more: () => void;
}

interface Question {
  range: TimeRange;
  rangeKey: string;
  filter: string;
  group: string;
  sort: Sort;
  /** The only outcome to show. Empty for all. */
  status: string;
}

/**
 * The matching traces, updated by events. While `hold()` returns true, new traces wait so that no row moves; those that
 * are shown are still updated in place.
 */
export function useTraceList(
  { range, rangeKey, filter, group, sort, status }: Question,
  hold: () => boolean,
): TraceListState {
  const [, redraw] = useReducer<number, void>((version) => version + 1, 0);
  const { openings } = useConnection();
  const data = useRef(new TraceRows());
  const holding = useRef(hold);
  holding.current = hold;
  const sortKey = formatSort(sort) ?? '';
  /** The parameters of every request, except times and filter. */
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
      const query = { ...asked(), ...bounds, filter: expression };
      const limit = isReadInOrder(sort) && scrollPlace() < FIRST_HEIGHT ? FIRST : LIMIT;
      mine.set(await api.traces({ ...query, limit }, abort.signal), sort, status);
      mine.shownFilter = expression;
      mine.error = undefined;
      mine.loaded = true;
      if (limit === LIMIT || mine.next === undefined) return;
      mine.filling = true;
      redraw();
      for (let left = LIMIT - FIRST; left > 0 && mine.next !== undefined; left -= PART) {
        const part = { ...query, limit: Math.min(PART, left), after: mine.next };
        mine.add(await api.moreTraces(part, abort.signal));
        redraw();
      }
    };
    try {
      await ask(filter);
      mine.problem = undefined;
    } catch (error) {
      if (abort.signal.aborted) return;
      mine.problem = filterProblem(error);
      mine.error = mine.problem ? undefined : (error as Error);
      // If the filter is invalid from the start, as in a permalink, there is no result to keep: show all traces.
      if (mine.problem && !mine.loaded) await ask('').catch(() => undefined);
      if (abort.signal.aborted) return;
    }
    mine.loading = mine.filling = false;
    redraw();
  }, [rangeKey, filter, group, sortKey, status]);

  useEffect(() => {
    const mine = data.current;
    const question = [rangeKey, filter, group, status, openings].join('\n');
    // All rows are loaded, so sorting needs no request.
    if (mine.sortAnew(question, sort)) {
      redraw();
      return undefined;
    }
    mine.asking = question;
    const cancel = readOnceOpen(() => void load(), openings);
    return () => {
      cancel();
      mine.abort?.abort();
    };
  }, [load, openings]);

  useEffect(() => {
    const waiting = new Map<string, TraceRow>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let countedAt = 0;
    // Aborts the request for a query that was replaced.
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
        // Nothing is known about traces that are older than the last row.
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
    const query = { ...asked(), ...bounds, filter: mine.shownFilter, after: mine.next };
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

/**
 * Whether local X-Ray reads traces in this order, so that a few rows take less time than many. By any other column it
 * sorts them all first.
 */
function isReadInOrder({ column }: Sort): boolean {
  return ['time', 'duration', 'status', 'hint'].includes(column);
}

function oldest(range: TimeRange): number {
  return 'from' in range ? range.from : Date.now() / 1000 - range.last;
}
