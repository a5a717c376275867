import type { QueryTable, StatementRow } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { api } from '../../api/client';
import { copyText } from '../../components/button';
import { useKeys } from '../../components/keys';
import { useQuery } from '../../components/use-query';
import { and } from '../../model/filter/filter-text';
import { count, duration, plural } from '../../model/format';
import { sortBy, type Sort } from '../../model/list/row-sort';
import type { PageProps } from '../../page';
import { contextHref, navigate } from '../../router';
import { FIXED, OverviewPage, ShowChips, Split } from '../shared/overview-page';
import { OverviewTable, sortedRows } from '../shared/overview-table';
import { askedOf, isLive, SELECTION, UNDOABLE } from '../shared/page-controls';
import { useAnswer } from '../shared/use-answer';
import { usePicked } from '../shared/use-picked';
import { statementColumns } from './columns';
import { StatementPanel } from './panel';
import style from './queries.module.css';
import loadState from '../../components/load-state.module.css';

const NAMES = [...SELECTION, 'sort', 'show', 'select'] as const;
const STEPS = [...UNDOABLE, 'sort', 'show'] as const;
const DEFAULT_SORT: Sort = { by: 'seconds', down: true };
const SHOWN = [
  { value: '', label: 'All' },
  { value: 'SQL', label: 'SQL' },
  { value: 'AWS', label: 'AWS' },
  { value: 'n-plus-one', label: 'N+1' },
];

/** The statements that take the most time, and their callers. */
export function QueriesPage(_: PageProps): JSX.Element {
  const [query, setQuery] = useQuery(NAMES, STEPS);
  const sort = sortBy(query.sort, DEFAULT_SORT);
  const over = useRef(false);
  const answer = useAnswer(
    (signal) => api.queries(askedOf(query), signal),
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
  const tracesOf = (filter: string, sorted?: string): string =>
    contextHref('/traces', { filter: and(query.filter, filter), sort: sorted });
  const traces = row && tracesOf(row.filter);
  const slowest = row && tracesOf(row.filter, '-duration');
  useKeys({
    j: () => pick(current + 1),
    k: () => pick(current - 1),
    Enter: () => traces && navigate(traces),
    o: () => document.querySelector<HTMLAnchorElement>('[data-source]')?.click(),
    e: () => slowest && navigate(slowest),
    y: () => void (row && copyText(row.text)),
    Escape: close,
  });
  return (
    <OverviewPage
      frame={FIXED}
      title="Queries"
      selection={query}
      onChange={setQuery}
      answer={answer}
      kept={(table) => table.rows.length}
      chips={(table) => (
        <Chips table={table} show={query.show} onShow={(show) => setQuery({ show })} />
      )}
      keys={[
        ['j k', 'statement'],
        ['Enter', 'its traces'],
        ['o', 'open the caller'],
        ['e', 'slowest traces'],
        ['y', 'copy statement'],
        ['/', 'filter'],
      ]}
      note="values are left out of statements"
    >
      {(table) =>
        rows.length === 0 ? (
          <div class={loadState.message}>
            <h2>No queries and no AWS calls in this range</h2>
            <p class="t2">
              Queries are recorded for the libraries that nestjs-xray captures, or that
              OpenTelemetry instruments.
            </p>
          </div>
        ) : (
          <Split
            label="Statements"
            list={
              <OverviewTable
                label="Queries"
                class={style.table}
                columns={statementColumns(table.rows, row?.name, pick)}
                rows={rows}
                keyOf={({ name }) => name}
                current={current}
                onCurrent={pick}
                sort={sort}
                onSort={(value) => setQuery({ sort: value })}
                onPointer={(inside) => (over.current = inside)}
              />
            }
            title={
              row && (
                <>
                  <b>{plural(row.count, 'call')}</b>, {duration(row.seconds)}
                  <span class="cut t2 mono">{row.text}</span>
                </>
              )
            }
            picks={picks}
            panel={
              open &&
              row &&
              traces &&
              slowest && (
                <StatementPanel
                  key={row.name}
                  row={row}
                  table={table}
                  traces={row.nPlusOne ? tracesOf(row.nPlusOne.filter) : traces}
                  slowest={slowest}
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

function shownRows(table: QueryTable | undefined, show: string, sort: string): StatementRow[] {
  if (!table) return [];
  const columns = statementColumns(table.rows, undefined, () => undefined);
  const shown = table.rows.filter((row) => isShown(row, show));
  return sortedRows(shown, columns, sortBy(sort, DEFAULT_SORT), DEFAULT_SORT);
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
  const choices = SHOWN.map((choice) => ({
    ...choice,
    amount: count(rows.filter((row) => isShown(row, choice.value)).length),
  }));
  const calls = rows.reduce((sum, row) => sum + row.count, 0);
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
  return (
    <ShowChips choices={choices} shown={show} onShow={onShow}>
      {plural(rows.length, 'statement')}, {plural(calls, 'call')}, {duration(seconds)} in all
    </ShowChips>
  );
}
