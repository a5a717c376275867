import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { TraceRow } from 'local-xray/console-api';
import { api } from '../../api/client';
import { Failure } from '../../components/load-state';
import { StatusWord } from '../../components/status';
import { clock, count, ms } from '../../model/format';
import { pathOf, type TraceTree } from '@nestjs-xray/trace';
import { rowStatus, timeOf } from '../../model/list/trace-list';
import style from './compare.module.css';

const READ = 1_000;
const SHOWN = 60;

type Order = 'newest' | 'slowest' | 'fastest';

/** Recent traces to choose from. If `like` is given, those of its route. */
export function Picker({
  like,
  except,
  onChoose,
}: {
  like: TraceTree | undefined;
  except: string[];
  onChoose: (id: string) => void;
}): JSX.Element {
  const [rows, setRows] = useState<TraceRow[]>();
  const [error, setError] = useState<Error>();
  const [order, setOrder] = useState<Order>('newest');
  const [everything, setEverything] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    api.traces({ limit: READ }, abort.signal).then(
      (list) => setRows(list.rows),
      (problem: Error) => !abort.signal.aborted && setError(problem),
    );
    return () => abort.abort();
  }, []);

  const route = like && routeOfTree(like);
  const { same, shown } = useMemo(() => {
    const others = (rows ?? []).filter((row) => !except.includes(row.id));
    const ofRoute = route === undefined ? others : others.filter((row) => routeOf(row) === route);
    const list = [...(everything || ofRoute.length === 0 ? others : ofRoute)];
    if (order !== 'newest') {
      const sign = order === 'slowest' ? -1 : 1;
      list.sort((a, b) => sign * (timeOf(a) - timeOf(b)));
    }
    return { same: ofRoute.length, shown: list.slice(0, SHOWN) };
  }, [rows, route, order, everything, except.join()]);

  if (error) return <Failure what="The traces cannot be listed" error={error} />;
  if (!rows)
    return (
      <p class={`${style.note} t2`} role="status">
        Loading traces…
      </p>
    );
  if (shown.length === 0) {
    return (
      <p class={`${style.note} t2`}>
        There is no {like ? 'other ' : ''}trace yet. Send a request, then come back.
      </p>
    );
  }
  return (
    <div class={style.choices}>
      <div class={style.order}>
        <div class="seg" role="group" aria-label="Order">
          {(['newest', 'slowest', 'fastest'] as const).map((one) => (
            <button
              key={one}
              type="button"
              class="btn"
              aria-pressed={order === one}
              onClick={() => setOrder(one)}
            >
              {one[0]!.toUpperCase() + one.slice(1)}
            </button>
          ))}
        </div>
        {route !== undefined && same > 0 && (
          <button
            type="button"
            class="btn"
            aria-pressed={everything}
            onClick={() => setEverything(!everything)}
          >
            Other routes too
          </button>
        )}
        {route !== undefined && (
          <span class="t3">
            {same === 0 ? 'No other trace of this route' : `${count(same)} of this route`}
          </span>
        )}
      </div>
      <ul class={style.list}>
        {shown.map((row) => (
          <li key={row.id}>
            <button type="button" onClick={() => onChoose(row.id)}>
              <span class="mono">{clock(row.start)}</span>
              <StatusWord
                status={rowStatus(row, Date.now() / 1000)}
                {...(row.status !== undefined && { code: row.status })}
              />
              <span class="cut">{routeOf(row)}</span>
              <span class={`t2 cut ${style.choiceUser}`}>{row.user ?? ''}</span>
              <span class="num">
                <b>{ms(timeOf(row))}</b>
                <span class="u">ms</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function routeOf({ method, route, url, service }: TraceRow): string {
  const path = route ?? (url === undefined ? undefined : pathOf(url));
  return [method, path].filter(Boolean).join(' ') || service;
}

function routeOfTree(tree: TraceTree): string | undefined {
  const root = tree.roots.find((node) => node.kind === 'segment');
  return root && (root.detail || root.name);
}
