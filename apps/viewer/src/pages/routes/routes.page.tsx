import type { RouteRow, RouteTable } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { useConnection, useStatusPart } from '../../api/live';
import { copyText } from '../../components/button';
import { useKeys } from '../../components/keys';
import { Menu } from '../../components/menu';
import { copyPermalink } from '../../components/said';
import { Glyph } from '../../components/status';
import { useQuery } from '../../components/use-query';
import { count, ms, shareFigure, three } from '../../model/format';
import { and, literal } from '../../model/filter/filter-text';
import { sortBy, type Sort } from '../../model/list/row-sort';
import type { PageProps } from '../../page';
import { contextHref, navigate } from '../../router';
import { OverviewPage } from '../shared/overview-page';
import { OverviewTable, sortedRows } from '../shared/overview-table';
import { askedOf, isLive, SELECTION, UNDOABLE } from '../shared/page-controls';
import { useAnswer } from '../shared/use-answer';
import shared from '../shared/overview.module.css';
import { FirstStart } from '../traces/first-start';
import { ImportDialog } from '../traces/import-dialog';
import { routeColumns } from './columns';
import { LookFirst } from './look-first';
import { Nothing } from './nothing';
import style from './routes.module.css';

const NAMES = [...SELECTION, 'by', 'sort'] as const;
const STEPS = [...UNDOABLE, 'by', 'sort'] as const;
const DEFAULT_SORT: Sort = { by: 'seconds', down: true };

/** Where the time is spent, and since when. This is the start page once there are traces. */
export function RoutesPage(_: PageProps): JSX.Element {
  const [query, setQuery] = useQuery(NAMES, STEPS);
  const by = query.by || 'route';
  const sort = sortBy(query.sort, DEFAULT_SORT);
  const [current, setCurrent] = useState(0);
  const [importing, setImporting] = useState(false);
  const over = useRef(false);
  const lost = useConnection().state === 'lost';
  const noneKept = useStatusPart((status) => status?.traces === 0);
  const answer = useAnswer(
    (signal) => api.routes({ ...askedOf(query), by }, signal),
    [query.filter, query.group, query.range, by].join('\n'),
    isLive(query),
    () => over.current,
  );
  const { data } = answer;
  const tracesOf = (row: RouteRow): string =>
    contextHref('/traces', { filter: and(query.filter, row.filter) });
  const columns = data && routeColumns(data, by, tracesOf, setCurrent);
  const rows = useMemo(
    () => (data && columns ? sortedRows(data.rows, columns, sort, DEFAULT_SORT) : []),
    [data, query.sort],
  );
  useKeys({
    j: () => setCurrent(Math.min(current + 1, rows.length - 1)),
    k: () => setCurrent(Math.max(current - 1, 0)),
    Enter: () => {
      const row = rows[current];
      if (row) navigate(tracesOf(row));
    },
    d: () => {
      const row = rows[current];
      if (row) navigate(contextHref('/compare', { with: row.filter }));
    },
    b: () => setQuery({ by: next(['route', 'service', 'user'], by) }),
    s: () => setQuery({ sort: next(['-seconds', '-p95', '-fault', '-count'], query.sort) }),
    y: () => copyPermalink(copyText),
  });
  if (noneKept && !lost && data?.total.count === 0 && !query.filter) {
    return (
      <>
        <h1 class="vh">Routes</h1>
        <FirstStart onImport={() => setImporting(true)} />
        {importing && <ImportDialog onClose={() => setImporting(false)} />}
      </>
    );
  }
  return (
    <OverviewPage
      title="Routes"
      selection={query}
      onChange={setQuery}
      answer={answer}
      kept={(table) => table.total.count}
      chips={(table) => (
        <Groups
          table={table}
          filter={query.filter}
          by={by}
          onFilter={(filter) => setQuery({ filter })}
          onBy={(value) => setQuery({ by: value === 'route' ? undefined : value })}
        />
      )}
      keys={[
        ['j k', 'row'],
        ['Enter', 'its traces'],
        ['d', 'what is different'],
        ['b', 'one row for each …'],
        ['s', 'sort'],
        ['/', 'filter'],
      ]}
    >
      {(table) =>
        table.total.count === 0 ? (
          <Nothing range={query.range} filter={query.filter} onChange={setQuery} />
        ) : (
          <>
            <Headline table={table} by={by} />
            {table.findings.length > 0 && (
              <LookFirst findings={table.findings} filter={query.filter} />
            )}
            <div class={shared.tableWrap}>
              <OverviewTable
                label="Routes and jobs"
                class={style.table}
                columns={columns ?? []}
                rows={rows}
                keyOf={({ service, method, name }) => `${service}\n${method}\n${name}`}
                current={current}
                onCurrent={setCurrent}
                onOpen={(row) => navigate(tracesOf(row))}
                sort={sort}
                onSort={(value) => setQuery({ sort: value })}
                onPointer={(inside) => (over.current = inside)}
              />
            </div>
            {table.newest !== undefined && (
              <p class={style.note}>
                The rows cover the newest {count(table.newest)} of {count(table.total.count)}{' '}
                traces.
              </p>
            )}
          </>
        )
      }
    </OverviewPage>
  );
}

function next(values: readonly string[], value: string): string {
  return values[(values.indexOf(value) + 1) % values.length]!;
}

function Headline({ table, by }: { table: RouteTable; by: string }): JSX.Element {
  const { total, services, width, slots } = table;
  const requests = services.reduce((sum, each) => sum + each.count, 0);
  return (
    <div class={shared.headline}>
      <span>
        <b class={shared.big}>{count(total.count)}</b> {total.count === 1 ? 'trace' : 'traces'}
      </span>
      {by === 'route' && <span>{count(requests)} requests and jobs</span>}
      <span>
        <b>{three(total.count / ((width * slots) / 60))}</b> /min
      </span>
      {(['fault', 'throttle', 'error'] as const).map(
        (status) =>
          total[status] > 0 && (
            <span key={status} class={`st s-${status}`}>
              <Glyph name={status} />
              <span>
                <b>{shareFigure(total[status], total.count)}</b> % {status}
              </span>
            </span>
          ),
      )}
      <span>
        p50 <b>{ms(total.p50)}</b> ms
      </span>
      <span>
        p95 <b>{ms(total.p95)}</b> ms
      </span>
      <span>
        p99 <b>{ms(total.p99)}</b> ms
      </span>
    </div>
  );
}

/** Chooses services, and what the rows are grouped by. */
function Groups({
  table,
  filter,
  by,
  onFilter,
  onBy,
}: {
  table: RouteTable;
  filter: string;
  by: string;
  onFilter: (filter: string) => void;
  onBy: (by: string) => void;
}): JSX.Element {
  const [keys, setKeys] = useState<string[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    api.annotationKeys(abort.signal).then(
      ({ values }) =>
        setKeys(values.map(({ value }) => String(value)).filter((key) => key !== 'http_route')),
      () => undefined,
    );
    return () => abort.abort();
  }, []);
  const annotation = by.startsWith('annotation.') ? by.slice('annotation.'.length) : '';
  return (
    <div class={shared.chipRow}>
      <div class={shared.chips} role="group" aria-label="Service">
        <span class={shared.chipLabel}>Service</span>
        {table.services.slice(0, 8).map(({ name, count: requests }) => {
          const condition = `service(${literal(name)})`;
          const pressed = filter.includes(condition);
          return (
            <button
              key={name}
              type="button"
              class="btn"
              aria-pressed={pressed}
              onClick={() =>
                pressed
                  ? void without(filter, condition).then(onFilter, () => undefined)
                  : onFilter(and(filter, condition))
              }
            >
              {name} <span class={shared.chipCount}>{count(requests)}</span>
            </button>
          );
        })}
      </div>
      <div class={`${shared.chips} ${shared.push}`} role="group" aria-label="Group by">
        <span class={shared.chipLabel}>Group by</span>
        {['route', 'service', 'user'].map((value) => (
          <button
            key={value}
            type="button"
            class="btn"
            aria-pressed={by === value}
            onClick={() => onBy(value)}
          >
            {value[0]!.toUpperCase() + value.slice(1)}
          </button>
        ))}
      </div>
      {keys.length > 0 && (
        <Menu
          label="Group by the values of an annotation"
          align="right"
          class="small"
          shown={annotation ? `annotation: ${annotation}` : 'annotation'}
          choices={keys.map((key) => ({ value: `annotation.${key}`, label: key }))}
          selected={by}
          onSelect={onBy}
        />
      )}
    </div>
  );
}

async function without(filter: string, condition: string): Promise<string> {
  const parts = await api.filterParts(filter);
  return parts.filter((part) => part !== condition).join(' AND ');
}
