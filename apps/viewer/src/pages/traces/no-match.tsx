import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { Empty } from '../../components/load-state';
import { partsOf } from '../../model/filter-text';
import { count, plural } from '../../model/format';

interface NoMatchProps {
  filter: string;
  group: string;
  bounds: () => { start?: number; end?: number };
  /** In words, inside a sentence: "in the last 15 minutes". */
  when: string;
  allTime: boolean;
  onFilter: (filter: string) => void;
  onAllTime: () => void;
}

/** Says what was looked for and which part of it is in the way. */
export function NoMatch({
  filter,
  group,
  bounds,
  when,
  allTime,
  onFilter,
  onAllTime,
}: NoMatchProps): JSX.Element {
  const total = useTotal(bounds, filter, group);
  const drop = usePartToDrop(filter, group, bounds);
  const asked = [group && `group ${group}`, filter].filter(Boolean).join(' and ');
  return (
    <Empty title={asked ? 'No trace matches' : `No trace ${when}`}>
      {asked && (
        <>
          <p class="t2">
            {total === undefined
              ? 'No trace'
              : total === 0
                ? 'There is no trace at all'
                : `${plural(total, 'trace')}`}{' '}
            {when}
            {total ? ', none with' : ''}
          </p>
          {filter && <code>{filter}</code>}
        </>
      )}
      {drop && (
        <p class="t2 drop">
          Without <code>{drop.part}</code> there {drop.found === 1 ? 'is' : 'are'}{' '}
          {count(drop.found)}.
        </p>
      )}
      <div class="row">
        {drop && (
          <button type="button" class="btn pri" onClick={() => onFilter(drop.rest)}>
            Drop that part
          </button>
        )}
        {!allTime && (
          <button type="button" class="btn" onClick={onAllTime}>
            Search all time
          </button>
        )}
        {asked && (
          <button type="button" class="btn quiet" onClick={() => onFilter('')}>
            Clear filter
          </button>
        )}
      </div>
    </Empty>
  );
}

function useTotal(
  bounds: NoMatchProps['bounds'],
  filter: string,
  group: string,
): number | undefined {
  const [total, setTotal] = useState<number>();
  useEffect(() => {
    const abort = new AbortController();
    api.traces({ ...bounds(), limit: 1 }, abort.signal).then(
      (answer) => setTotal(answer.counts.total),
      () => undefined,
    );
    return () => abort.abort();
  }, [filter, group]);
  return total;
}

/** The part without which most is found; undefined when dropping one alone does not help. */
function usePartToDrop(
  filter: string,
  group: string,
  bounds: NoMatchProps['bounds'],
): { part: string; rest: string; found: number } | undefined {
  const [best, setBest] = useState<{ part: string; rest: string; found: number }>();
  useEffect(() => {
    setBest(undefined);
    const parts = partsOf(filter);
    if (parts.length < 2 || parts.length > 8) return undefined;
    const abort = new AbortController();
    void Promise.all(
      parts.map(async (part, at) => {
        const rest = parts.filter((_, other) => other !== at).join(' AND ');
        const answer = await api.traces(
          { ...bounds(), filter: rest, group, limit: 1 },
          abort.signal,
        );
        return { part, rest, found: answer.counts.total };
      }),
    ).then(
      (found) => {
        const most = found.reduce((a, b) => (b.found > a.found ? b : a));
        if (most.found > 0) setBest(most);
      },
      () => undefined,
    );
    return () => abort.abort();
  }, [filter, group]);
  return best;
}
