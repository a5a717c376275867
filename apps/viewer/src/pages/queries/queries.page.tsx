import type { QueryTable, StatementRow } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { useConnection } from '../../api/live';
import { copyText } from '../../components/button';
import { useKeys } from '../../components/keys';
import { Failure, Skeleton } from '../../components/load-state';
import { useQuery } from '../../components/use-query';
import { and } from '../../model/filter/filter-text';
import { count, duration, plural } from '../../model/format';
import { sortBy, type Sort } from '../../model/list/row-sort';
import type { PageProps } from '../../page';
import { contextHref, navigate } from '../../router';
import { KeyBar } from '../shared/key-bar';
import shared from '../shared/overview.module.css';
import { askedOf, isLive, PageControls, SELECTION } from '../shared/page-controls';
import { useAnswer } from '../shared/use-answer';
import { Unreachable } from '../traces/unreachable';
import { StatementPanel } from './panel';
import { QueriesTable, SORTS } from './table';

const NAMES = [...SELECTION, 'sort', 'show', 'select'] as const;
const DEFAULT_SORT: Sort = { by: 'seconds', down: true };

/** Which statement costs most, and who calls it. */
export function QueriesPage(_: PageProps): JSX.Element {
  const [query, setQuery] = useQuery(NAMES);
  const sort = useMemo(() => sortBy(query.sort, DEFAULT_SORT), [query.sort]);
  const over = useRef(false);
  const [panel, setPanel] = useState(true);
  const lost = useConnection().state === 'lost';
  const { data, problem, error, reload } = useAnswer(
    (signal) => api.queries(askedOf(query), signal),
    [query.filter, query.group, query.range].join('\n'),
    isLive(query),
    () => over.current,
  );
  useEffect(() => {
    document.title = 'Queries · Local X-Ray';
  }, []);
  const rows = useMemo(() => {
    const value = SORTS[sort.by] ?? SORTS.seconds!;
    return (data?.rows ?? [])
      .filter((row) => isShown(row, query.show))
      .sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        const order = typeof x === 'string' ? x.localeCompare(String(y)) : x - Number(y);
        return sort.down ? -order : order;
      });
  }, [data, query.show, sort]);
  const current = Math.max(
    rows.findIndex(({ name }) => name === query.select),
    0,
  );
  const row = rows[current];
  const select = (at: number): void => {
    setPanel(true);
    setQuery({ select: rows[Math.max(0, Math.min(at, rows.length - 1))]?.name });
  };
  const traces = row && contextHref('/traces', { filter: and(query.filter, row.filter) });
  const slowest =
    row && contextHref('/traces', { filter: and(query.filter, row.filter), sort: '-duration' });
  useKeys({
    j: () => select(current + 1),
    k: () => select(current - 1),
    Enter: () => traces && navigate(traces),
    o: () => document.querySelector<HTMLAnchorElement>('[data-source]')?.click(),
    e: () => slowest && navigate(slowest),
    y: () => void (row && copyText(row.text)),
    Escape: () => setPanel(false),
  });
  return (
    <div class={shared.fixed}>
      <h1 class="vh">Queries</h1>
      {lost && <Unreachable kept={data?.rows.length ?? 0} />}
      <PageControls
        selection={query}
        problem={problem}
        onChange={(change) => {
          setQuery(change);
          if (change.filter === query.filter) reload();
        }}
      />
      {data && <Chips table={data} show={query.show} onShow={(show) => setQuery({ show })} />}
      {error && !data ? (
        <Failure what="The queries cannot be shown" error={error} />
      ) : !data ? (
        !lost && <Skeleton label="Reading queries…" />
      ) : rows.length === 0 ? (
        <div class="mid">
          <h2>No queries and no calls of AWS in this range</h2>
          <p class="t2">
            Queries are recorded for the libraries that nestjs-xray captures, or that OpenTelemetry
            instruments.
          </p>
        </div>
      ) : (
        <div class={shared.split} style={panel ? undefined : { gridTemplateColumns: '1fr' }}>
          <section class={shared.main} aria-label="Statements" tabIndex={0}>
            <QueriesTable
              rows={rows}
              seconds={data.rows.reduce((sum, each) => sum + each.seconds, 0)}
              current={current}
              onCurrent={select}
              sort={sort}
              onSort={(value) => setQuery({ sort: value })}
              onPointer={(inside) => (over.current = inside)}
            />
          </section>
          {panel && row && traces && slowest && (
            <StatementPanel
              key={row.name}
              row={row}
              table={data}
              traces={
                row.nPlusOne
                  ? contextHref('/traces', { filter: and(query.filter, row.nPlusOne.filter) })
                  : traces
              }
              slowest={slowest}
              onClose={() => setPanel(false)}
            />
          )}
        </div>
      )}
      <KeyBar
        keys={[
          ['j k', 'statement'],
          ['Enter', 'its traces'],
          ['o', 'open the caller'],
          ['e', 'slowest traces'],
          ['y', 'copy statement'],
          ['/', 'filter'],
        ]}
      >
        values are left out of statements
      </KeyBar>
    </div>
  );
}

function isShown(row: StatementRow, show: string): boolean {
  if (!show) return true;
  return show === 'n-plus-one' ? row.nPlusOne !== undefined : row.tag === show;
}

function Chips({
  table: { rows },
  show,
  onShow,
}: {
  table: QueryTable;
  show: string;
  onShow: (show: string | undefined) => void;
}): JSX.Element {
  const chips = [
    ['', 'All'],
    ['SQL', 'SQL'],
    ['AWS', 'AWS'],
    ['n-plus-one', 'N+1'],
  ] as const;
  return (
    <div class={shared.chipRow}>
      <div class={shared.chips} role="group" aria-label="Show">
        {chips.map(([value, label]) => (
          <button
            key={value}
            type="button"
            class="btn"
            aria-pressed={show === value}
            onClick={() => onShow(show === value ? undefined : value)}
          >
            {label}{' '}
            <span class={shared.chipCount}>
              {count(rows.filter((row) => isShown(row, value)).length)}
            </span>
          </button>
        ))}
      </div>
      <span class={`${shared.chipLabel} ${shared.push}`}>
        {plural(rows.length, 'statement')},{' '}
        {plural(
          rows.reduce((sum, row) => sum + row.count, 0),
          'call',
        )}
        , {duration(rows.reduce((sum, row) => sum + row.seconds, 0))} in all
      </span>
    </div>
  );
}
