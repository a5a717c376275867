import type { ErrorRow, ErrorTable } from 'local-xray/console-api';
import type { Status } from '@nestjs-xray/trace';
import type { JSX } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { api } from '../../api/client';
import { copyText } from '../../components/button';
import { useKeys } from '../../components/keys';
import { copyPermalink } from '../../components/said';
import { Glyph, StatusWord } from '../../components/status';
import { useQuery } from '../../components/use-query';
import { and } from '../../model/filter/filter-text';
import { count, plural } from '../../model/format';
import { sortBy, type Sort } from '../../model/list/row-sort';
import type { PageProps } from '../../page';
import { contextHref, navigate } from '../../router';
import { FIXED, OverviewPage, ShowChips, Split } from '../shared/overview-page';
import { OverviewTable, sortedRows } from '../shared/overview-table';
import { askedOf, isLive, SELECTION, UNDOABLE } from '../shared/page-controls';
import { useAnswer } from '../shared/use-answer';
import { usePicked } from '../shared/use-picked';
import { errorColumns } from './columns';
import style from './errors.module.css';
import { isNew } from './is-new';
import { ErrorPanel } from './panel';
import loadState from '../../components/load-state.module.css';

const NAMES = [...SELECTION, 'sort', 'show', 'select'] as const;
const STEPS = [...UNDOABLE, 'sort', 'show'] as const;
const DEFAULT_SORT: Sort = { by: 'last', down: true };
const SHOWN: readonly Status[] = ['fault', 'error', 'throttle'];

/** The kinds of errors in the range, and whether they are new. */
export function ErrorsPage(_: PageProps): JSX.Element {
  const [query, setQuery] = useQuery(NAMES, STEPS);
  const sort = sortBy(query.sort, DEFAULT_SORT);
  const over = useRef(false);
  const answer = useAnswer(
    (signal) => api.errors(askedOf(query), signal),
    [query.filter, query.group, query.range].join('\n'),
    isLive(query),
    () => over.current,
  );
  const { data } = answer;
  const rows = useMemo(
    () => shownRows(data, query.show, query.sort),
    [data, query.show, query.sort],
  );
  const { current, row, open, picks, pick, close } = usePicked(rows, query.select, (select) =>
    setQuery({ select }),
  );
  const traces = row && contextHref('/traces', { filter: and(query.filter, row.filter) });
  useKeys({
    j: () => pick(current + 1),
    k: () => pick(current - 1),
    Enter: () => traces && navigate(traces),
    d: () => row && navigate(contextHref('/compare', { with: row.filter })),
    o: () => document.querySelector<HTMLAnchorElement>('[data-source]')?.click(),
    e: () => document.querySelector<HTMLAnchorElement>('[data-newest]')?.click(),
    y: () => copyPermalink(copyText),
    Escape: close,
  });
  return (
    <OverviewPage
      frame={FIXED}
      title="Errors"
      selection={query}
      onChange={setQuery}
      answer={answer}
      kept={(table) => table.rows.length}
      chips={(table) => (
        <Chips table={table} show={query.show} onShow={(show) => setQuery({ show })} />
      )}
      keys={[
        ['j k', 'kind'],
        ['Enter', 'its traces'],
        ['o', 'open the line'],
        ['d', 'what is different'],
        ['e', 'newest trace'],
        ['/', 'filter'],
      ]}
      note="grouped by type, message pattern and first frame of your code"
    >
      {(table) =>
        rows.length === 0 ? (
          <div class={loadState.message}>
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
          <Split
            label="Kinds of errors"
            list={
              <OverviewTable
                label="Errors"
                class={style.table}
                columns={errorColumns(table, row?.name, pick)}
                rows={rows}
                keyOf={({ name }) => name}
                current={current}
                currentClass={style.current}
                onCurrent={pick}
                sort={sort}
                onSort={(value) => setQuery({ sort: value })}
                onPointer={(inside) => (over.current = inside)}
              />
            }
            title={
              row && (
                <>
                  <StatusWord status={row.status} /> <b>{row.type}</b>
                  <span class="cut t2">{row.message}</span>
                </>
              )
            }
            picks={picks}
            panel={
              open &&
              row &&
              traces && (
                <ErrorPanel
                  key={row.name}
                  row={row}
                  table={table}
                  selection={query}
                  traces={traces}
                  onClose={close}
                />
              )
            }
          />
        )
      }
    </OverviewPage>
  );
}

function shownRows(table: ErrorTable | undefined, show: string, sort: string): ErrorRow[] {
  if (!table) return [];
  const columns = errorColumns(table, undefined, () => undefined);
  const shown = table.rows.filter((row) => isShown(row, show, table));
  return sortedRows(shown, columns, sortBy(sort, DEFAULT_SORT), DEFAULT_SORT);
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
  const amountOf = (value: string): number =>
    rows.filter((row) => isShown(row, value, table)).length;
  const choices = [
    { value: '', label: 'All' as JSX.Element | string },
    ...SHOWN.map((status) => ({ value: status, label: <StatusLabel status={status} /> })),
    ...(amountOf('new') > 0 ? [{ value: 'new', label: 'New in this range' }] : []),
  ].map((choice) => ({ ...choice, amount: count(amountOf(choice.value)) }));
  const exceptions = rows.reduce((sum, row) => sum + row.count, 0);
  return (
    <ShowChips choices={choices} shown={show} onShow={onShow}>
      {plural(rows.length, 'kind')}, {plural(exceptions, 'exception')}
    </ShowChips>
  );
}

function StatusLabel({ status }: { status: Status }): JSX.Element {
  return (
    <>
      <span class={`s-${status}`}>
        <Glyph name={status} />
      </span>
      {`${status[0]!.toUpperCase()}${status.slice(1)}s`}
    </>
  );
}
