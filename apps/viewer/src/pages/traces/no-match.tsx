import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { Empty } from '../../components/load-state';
import { count, plural } from '../../model/format';
import loadState from '../../components/load-state.module.css';

interface NoMatchProps {
  filter: string;
  group: string;
  bounds: () => { start?: number; end?: number };
  /** The time range inside a sentence: "in the last 15 minutes". */
  when: string;
  allTime: boolean;
  onFilter: (filter: string) => void;
  onAllTime: () => void;
}

/** Shown if no trace matches: the filter, and which part of it excludes the traces. */
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
        <p class={`t2 ${loadState.drop}`} data-drop>
          Without <code>{drop.part}</code> there {drop.found === 1 ? 'is' : 'are'}{' '}
          {count(drop.found)}.
        </p>
      )}
      <div class={loadState.actions}>
        {drop && (
          <button type="button" class="btn pri" onClick={() => onFilter(drop.rest)}>
            Remove that part
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

interface Drop {
  part: string;
  rest: string;
  found: number;
}

/** The condition without which most traces match. If removing one does not help, those that no trace matches. */
function usePartToDrop(
  filter: string,
  group: string,
  bounds: NoMatchProps['bounds'],
): Drop | undefined {
  const [best, setBest] = useState<Drop>();
  useEffect(() => {
    setBest(undefined);
    if (!filter) return undefined;
    const abort = new AbortController();
    let parts: string[] = [];
    const totalOf = async (some: string[]): Promise<number> => {
      const asked = { ...bounds(), filter: some.join(' AND '), group, limit: 1 };
      return (await api.traces(asked, abort.signal)).counts.total;
    };
    const without = async (dropped: readonly number[]): Promise<Drop> => {
      const part = parts.filter((_, at) => dropped.includes(at)).join(' AND ');
      const rest = parts.filter((_, at) => !dropped.includes(at));
      return { part, rest: rest.join(' AND '), found: await totalOf(rest) };
    };
    const look = async (): Promise<void> => {
      parts = await api.filterParts(filter, abort.signal);
      if (parts.length < 2 || parts.length > 8) return;
      const each = await Promise.all(parts.map((_, at) => without([at])));
      let most = each.reduce((a, b) => (b.found > a.found ? b : a));
      if (most.found === 0) {
        const alone = await Promise.all(parts.map((part) => totalOf([part])));
        const dead = parts.flatMap((_, at) => (alone[at] === 0 ? [at] : []));
        if (dead.length > 1 && dead.length < parts.length) most = await without(dead);
      }
      if (most.found > 0) setBest(most);
    };
    look().catch(() => undefined);
    return () => abort.abort();
  }, [filter, group]);
  return best;
}
