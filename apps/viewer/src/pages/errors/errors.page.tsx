import type { ErrorRow, ErrorTable } from 'local-xray/console-api';
import type { Status } from '@nestjs-xray/trace';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { useConnection } from '../../api/live';
import { copyText } from '../../components/button';
import { useKeys } from '../../components/keys';
import { Failure, Skeleton } from '../../components/load-state';
import { copyPermalink } from '../../components/said';
import { Glyph } from '../../components/status';
import { useQuery } from '../../components/use-query';
import { and } from '../../model/filter/filter-text';
import { count, plural } from '../../model/format';
import { sortBy, type Sort } from '../../model/list/row-sort';
import type { PageProps } from '../../page';
import { contextHref, navigate } from '../../router';
import { KeyBar } from '../shared/key-bar';
import shared from '../shared/overview.module.css';
import { askedOf, isLive, PageControls, SELECTION } from '../shared/page-controls';
import { useAnswer } from '../shared/use-answer';
import { Unreachable } from '../traces/unreachable';
import { isNew } from './is-new';
import { ErrorPanel } from './panel';
import { ErrorsTable, SORTS } from './table';

const NAMES = [...SELECTION, 'sort', 'show', 'select'] as const;
const DEFAULT_SORT: Sort = { by: 'last', down: true };
const SHOWN: readonly Status[] = ['fault', 'error', 'throttle'];

/** What is broken, and whether it is new. */
export function ErrorsPage(_: PageProps): JSX.Element {
  const [query, setQuery] = useQuery(NAMES);
  const sort = useMemo(() => sortBy(query.sort, DEFAULT_SORT), [query.sort]);
  const over = useRef(false);
  const [panel, setPanel] = useState(true);
  const lost = useConnection().state === 'lost';
  const { data, problem, error, reload } = useAnswer(
    (signal) => api.errors(askedOf(query), signal),
    [query.filter, query.group, query.range].join('\n'),
    isLive(query),
    () => over.current,
  );
  useEffect(() => {
    document.title = 'Errors · Local X-Ray';
  }, []);
  const rows = useMemo(() => shownRows(data, query.show, sort), [data, query.show, sort]);
  const found = rows.findIndex(({ name }) => name === query.select);
  const current = Math.max(found, 0);
  const row = rows[current];
  const select = (at: number): void => {
    setPanel(true);
    setQuery({ select: rows[Math.max(0, Math.min(at, rows.length - 1))]?.name });
  };
  const traces = row && contextHref('/traces', { filter: and(query.filter, row.filter) });
  useKeys({
    j: () => select(current + 1),
    k: () => select(current - 1),
    Enter: () => traces && navigate(traces),
    d: () => row && navigate(contextHref('/compare', { with: row.filter })),
    o: () => document.querySelector<HTMLAnchorElement>('[data-source]')?.click(),
    e: () => document.querySelector<HTMLAnchorElement>('[data-newest]')?.click(),
    y: () => copyPermalink(copyText),
    Escape: () => setPanel(false),
  });
  return (
    <div class={shared.fixed}>
      <h1 class="vh">Errors</h1>
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
        <Failure what="The errors cannot be shown" error={error} />
      ) : !data ? (
        !lost && <Skeleton label="Reading errors…" />
      ) : rows.length === 0 ? (
        <div class="mid">
          <h2>No exceptions in this range</h2>
          <p class="t2">
            Faults and errors without an exception are on{' '}
            <a href={contextHref('/traces', { filter: and(query.filter, '(fault OR error)') })}>
              Traces
            </a>
            .
          </p>
        </div>
      ) : (
        <div class={shared.split} style={panel ? undefined : { gridTemplateColumns: '1fr' }}>
          <section class={shared.main} aria-label="Kinds of errors" tabIndex={0}>
            <ErrorsTable
              table={data}
              rows={rows}
              current={current}
              onCurrent={select}
              sort={sort}
              onSort={(value) => setQuery({ sort: value })}
              onPointer={(inside) => (over.current = inside)}
            />
          </section>
          {panel && row && traces && (
            <ErrorPanel
              key={row.name}
              row={row}
              table={data}
              selection={query}
              traces={traces}
              onClose={() => setPanel(false)}
            />
          )}
        </div>
      )}
      <KeyBar
        keys={[
          ['j k', 'kind'],
          ['Enter', 'its traces'],
          ['o', 'open the line'],
          ['d', 'what is different'],
          ['e', 'newest trace'],
          ['/', 'filter'],
        ]}
      >
        grouped by type, message shape and first own frame
      </KeyBar>
    </div>
  );
}

function shownRows(table: ErrorTable | undefined, show: string, sort: Sort): ErrorRow[] {
  const value = SORTS[sort.by] ?? SORTS.last!;
  return (table?.rows ?? [])
    .filter((row) => isShown(row, show, table!))
    .sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      const order = typeof x === 'string' ? x.localeCompare(String(y)) : x - Number(y);
      return sort.down ? -order : order;
    });
}

function isShown(row: ErrorRow, show: string, table: ErrorTable): boolean {
  if (!show) return true;
  return show === 'new' ? isNew(row, table) : row.status === show;
}

function Chips({
  table,
  show,
  onShow,
}: {
  table: ErrorTable;
  show: string;
  onShow: (show: string | undefined) => void;
}): JSX.Element {
  const { rows } = table;
  const fresh = rows.filter((row) => isNew(row, table)).length;
  const chip = (value: string, label: JSX.Element | string, amount: number): JSX.Element => (
    <button
      key={value}
      type="button"
      class="btn"
      aria-pressed={show === value}
      onClick={() => onShow(show === value ? undefined : value)}
    >
      {label} <span class={shared.chipCount}>{count(amount)}</span>
    </button>
  );
  return (
    <div class={shared.chipRow}>
      <div class={shared.chips} role="group" aria-label="Show">
        {chip('', 'All', rows.length)}
        {SHOWN.map((status) =>
          chip(
            status,
            <>
              <span class={`s-${status}`}>
                <Glyph name={status} />
              </span>
              {`${status[0]!.toUpperCase()}${status.slice(1)}s`}
            </>,
            rows.filter((row) => row.status === status).length,
          ),
        )}
        {fresh > 0 && chip('new', 'New in this range', fresh)}
      </div>
      <span class={`${shared.chipLabel} ${shared.push}`}>
        {plural(rows.length, 'kind')},{' '}
        {plural(
          rows.reduce((sum, row) => sum + row.count, 0),
          'exception',
        )}
      </span>
    </div>
  );
}
