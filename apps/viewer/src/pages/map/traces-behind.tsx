import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { TraceList, TraceRow } from 'local-xray/console-api';
import { api, type TraceQuery } from '../../api/client';
import { CopyButton } from '../../components/button';
import { count, ms, plural } from '../../model/format';
import { pathOf } from '@nestjs-xray/trace';
import { and } from '../../model/filter/filter-text';
import { contextHref } from '../../router';
import style from './map.module.css';

/** How many of the newest traces are grouped by route. */
const READ = 1_000;
const ROUTES = 5;

/** The traces of the selection: their routes, their number, and a link to the list. */
export function TracesBehind({
  filter,
  range,
}: {
  filter: string;
  range: TraceQuery;
}): JSX.Element {
  const [list, setList] = useState<{ filter: string; list: TraceList }>();
  const both = and(range.filter ?? '', filter);
  const key = JSON.stringify(range);
  useEffect(() => {
    const abort = new AbortController();
    api.traces({ ...range, filter: both, limit: READ }, abort.signal).then(
      (answer) => setList({ filter, list: answer }),
      // If this fails, the link below leads to the list, which shows the reason.
      () => undefined,
    );
    return () => abort.abort();
  }, [filter, key]);
  const found = list?.filter === filter ? list.list : undefined;
  const routes = found ? byRoute(found.rows).slice(0, ROUTES) : [];
  const total = found?.counts.total;
  return (
    <>
      {routes.length > 0 && (
        <>
          <h3>Called for</h3>
          <table class={style.routes}>
            <thead>
              <tr>
                <th scope="col">Route</th>
                <th scope="col" class="num">
                  Count
                </th>
                <th scope="col" class="num">
                  p50, ms
                </th>
                <th scope="col" class="num">
                  Fault
                </th>
              </tr>
            </thead>
            <tbody>
              {routes.map((route) => (
                <tr key={route.name}>
                  <td class="cut" title={route.name}>
                    <bdi>{route.name}</bdi>
                  </td>
                  <td class="num">{count(route.times.length)}</td>
                  <td class="num">{ms(median(route.times))}</td>
                  <td class={route.faults ? 'num s-fault' : 'num'}>{count(route.faults)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      <h3>Traces</h3>
      <div class={style.filter}>
        <code>{filter}</code>
      </div>
      <p class={style.filterActions}>
        <a class="btn pri" href={contextHref('/traces', { filter: both })}>
          {total === undefined
            ? 'Show the traces'
            : total
              ? `Show ${plural(total, 'trace')}`
              : 'Show in traces'}
        </a>
        <CopyButton text={filter} label="Copy the filter expression">
          Copy
        </CopyButton>
      </p>
    </>
  );
}

interface RouteRow {
  name: string;
  times: number[];
  faults: number;
}

function byRoute(rows: readonly TraceRow[]): RouteRow[] {
  const routes = new Map<string, RouteRow>();
  for (const row of rows) {
    const path = row.route ?? (row.url === undefined ? '' : pathOf(row.url));
    const name = [row.method, path].filter(Boolean).join(' ') || row.service;
    const route = routes.get(name) ?? { name, times: [], faults: 0 };
    route.times.push(row.responseTime ?? row.duration);
    if (row.fault) route.faults++;
    routes.set(name, route);
  }
  return [...routes.values()].sort((a, b) => b.times.length - a.times.length);
}

function median(times: number[]): number | undefined {
  return [...times].sort((a, b) => a - b)[Math.ceil(times.length / 2) - 1];
}
